// A company for `./dev bench idle`, made through commits into a data folder that no server uses
// yet:
//   hearback_seed FOLDER USERS CANDIDATES
// Prints one line per user: address and the cookie of a session. User 0 is admin.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include "api/http/secrets.hpp"
#include "store/store.hpp"

namespace hearback::bench {
namespace {

constexpr std::size_t kInOneCommit = 500;

class Seed {
 public:
  explicit Seed(const std::string& folder) : store_(open(folder)) {
    company_ = make<CompanyId>();
    add(store::AddCompany{"Lindenhof", now_});
  }

  void user(std::size_t number) {
    rules::User user;
    user.id = make<UserId>();
    user.name = "User " + std::to_string(number);
    user.email = user.email_normal = "user" + std::to_string(number) + "@lindenhof.example";
    user.role = number == 0 ? rules::Role::admin : rules::Role::manager;
    user.all_jobs = number == 0;
    const auto bearer = api::Bearer::make(company_, random_);
    add(store::PutUser{user, std::nullopt, now_});
    add(store::AddSession{make<SessionId>(), user.id, api::digest(bearer.secret), now_,
                          now_ + std::chrono::hours(24)});
    std::printf("%s %s\n", user.email.c_str(), bearer.text().c_str());
  }

  void candidate(std::size_t number) {
    rules::CandidateAddress address;
    address.address = address.normal = "person" + std::to_string(number) + "@candidates.example";
    add(store::PutCandidate{
        make<CandidateId>(), "Person " + std::to_string(number), {address}, now_});
  }

  void finish() {
    auto done = store_->commit({company_, std::move(changes_), {}});
    if (!done) throw std::runtime_error(done.error().what);
    changes_.clear();
  }

 private:
  std::unique_ptr<store::Store> open(const std::string& folder) {
    auto opened = store::Store::open({.database = "sqlite://" + folder + "/hearback.db",
                                      .blob_directory = folder + "/blobs",
                                      .master_key_file = folder + "/master.key"},
                                     random_);
    if (!opened) throw std::runtime_error(opened.error().what);
    return std::move(*opened);
  }
  template <class I>
  I make() {
    return I::make(now_, random_);
  }
  template <class C>
  void add(C change) {
    changes_.push_back(std::move(change));
    if (changes_.size() >= kInOneCommit) finish();
  }

  SystemRandom random_;
  Instant now_{std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::system_clock::now().time_since_epoch())
                   .count()};
  std::unique_ptr<store::Store> store_;
  CompanyId company_;
  std::vector<store::Change> changes_;
};

}  // namespace
}  // namespace hearback::bench

int main(int count, char** words) {
  if (count != 4) return 2;
  try {
    hearback::bench::Seed seed(words[1]);
    for (std::size_t i = 0; i < std::strtoull(words[2], nullptr, 10); ++i) seed.user(i);
    for (std::size_t i = 0; i < std::strtoull(words[3], nullptr, 10); ++i) seed.candidate(i);
    seed.finish();
    return 0;
  } catch (const std::exception& thrown) {
    std::fprintf(stderr, "seed: %s\n", thrown.what());
    return 1;
  }
}
