// `./dev bench views`: what each page costs in a company of a million messages, and what one commit
// costs, on SQLite and on a private PostgreSQL.
//   --messages N --candidates N --users N --jobs N   how large; candidates default to messages / 20
//   --on sqlite,postgres                             which databases
//   --rounds N                                       how often each question is asked (500)
//   --only TEXT                                      the questions whose names contain it
//   --data FOLDER                                    keep SQLite's company there, and use it again
//   --postgres URI                                   likewise this database, instead of a private
//   one
#include <libpq-fe.h>
#include <sqlite3.h>
#include <sys/utsname.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <stdexcept>

#include "company.hpp"
#include "fakes/postgres.hpp"
#include "store/engine/paging.hpp"
#include "store/engine/schema.hpp"
#include "store/store.hpp"

namespace hearback::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using rules::Scope;
using store::Place;

constexpr Duration kBuildWithin = 10min;             // one transaction of what is built
constexpr auto kLongest = std::chrono::seconds(10);  // one question, all its rounds

double ms_since(Clock::time_point began) {
  return std::chrono::duration<double, std::milli>(Clock::now() - began).count();
}

// The processes of PostgreSQL that work for this one.
std::vector<long> server_pids;

void find_server(const std::string& uri) {
  server_pids.clear();
  if (!uri.starts_with("postgres")) return;
  PGconn* connection = PQconnectdb(uri.c_str());
  PGresult* found = PQexec(connection,
                           "select pid from pg_stat_activity where datname = current_database()"
                           " and pid <> pg_backend_pid()");
  for (int row = 0; row < PQntuples(found); ++row)
    server_pids.push_back(std::atol(PQgetvalue(found, row, 0)));
  PQclear(found);
  PQfinish(connection);
}

// What PostgreSQL clears away and counts at its own time after so much was written, it does now,
// and not while it is measured.
void settle(const std::string& uri) {
  if (!uri.starts_with("postgres")) return;
  PGconn* connection = PQconnectdb(uri.c_str());
  PQclear(PQexec(connection, "vacuum (analyze)"));
  PQclear(PQexec(connection, "checkpoint"));
  PQfinish(connection);
}

// Of this thread and of the database's processes: what a question costs however busy the machine
// is.
double cpu_ms() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  double ms = static_cast<double>(used.tv_sec) * 1e3 + static_cast<double>(used.tv_nsec) / 1e6;
  for (const auto pid : server_pids) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/schedstat");
    double nanoseconds = 0;
    if (file >> nanoseconds) ms += nanoseconds / 1e6;
  }
  return ms;
}

struct Measured {
  std::vector<double> ms;
  double at(double share) {
    std::sort(ms.begin(), ms.end());
    return ms[std::min(ms.size() - 1, static_cast<std::size_t>(share * double(ms.size())))];
  }
};

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().code + ": " + result.error().what);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

std::string only;  // of the questions: those whose names contain it

// `ask(round)` once to warm up, then `rounds` times, or fewer if that takes too long.
void measure(const std::string& what, std::size_t rounds,
             const std::function<std::size_t(std::uint64_t round)>& ask) {
  if (what.find(only) == what.npos) return;
  std::size_t rows = ask(0);
  Measured measured, cpu;
  const auto began = Clock::now();
  for (std::size_t i = 1; i <= rounds && Clock::now() - began < kLongest; ++i) {
    const auto start = Clock::now();
    const auto used = cpu_ms();
    rows = ask(i);
    cpu.ms.push_back(cpu_ms() - used);
    measured.ms.push_back(ms_since(start));
  }
  std::printf(
      "  %-40s p50 %7.2f ms  p95 %7.2f ms  p99 %7.2f ms  CPU %6.2f, %6.2f  (%zu rows, %zu times)\n",
      what.c_str(), measured.at(0.5), measured.at(0.95), measured.at(0.99), cpu.at(0.5),
      cpu.at(0.99), rows, measured.ms.size());
  std::fflush(stdout);
}

struct Reader {
  std::string name;
  Scope scope;
};

struct Bench {
  store::Store& store;
  Sizes sizes;
  std::size_t rounds;
  std::uint32_t first_uid;  // of what arrives: new ones, where a company is used again

  std::vector<Reader> readers() const {
    std::vector<Reader> all;
    const std::pair<const char*, std::uint64_t> kNamed[] = {
        {"admin", kAdmin}, {"recruiter", kRecruiter}, {"newcomer", kNewcomer}};
    for (auto [name, number] : kNamed) {
      const auto user =
          must(store.ask(store::UserById{rules::engine_scope(company_id()), user_id(number)}));
      all.push_back({name, rules::user_scope(company_id(), user.value())});
    }
    return all;
  }

  // A page in the middle of the list.
  std::string middle() const {
    const auto thread = sizes.threads() / 2;
    return store::to_text(
        store::Cursor{std::to_string(end_of(thread, sizes).ms), thread_id(thread).bytes});
  }

  // As many as one may, of those that the reader sees.
  void follow(const Scope& scope) {
    store::Commit commit{company_id(), {}, {}};
    store::PageRequest page{"", 200};
    do {
      auto found = must(store.ask(store::Candidates{scope, "", {}, page}));
      for (const auto& row : found.rows)
        if (commit.changes.size() < store::kCandidatesFollowed)
          commit.changes.push_back(store::FollowCandidate{scope, row.candidate.id, true, kStart});
      page.after = found.next;
    } while (!page.after.empty() && commit.changes.size() < store::kCandidatesFollowed);
    std::size_t jobs = 0;
    page.after.clear();
    do {
      auto found = must(store.ask(store::Jobs{scope, "", {}, page}));
      for (const auto& row : found.rows)
        if (++jobs <= store::kJobsFollowed)
          commit.changes.push_back(store::FollowJob{scope, row.job.id, true, kStart});
      page.after = found.next;
    } while (!page.after.empty() && jobs < store::kJobsFollowed);
    must(store.commit(commit));
  }

  void views() {
    for (const auto& [name, scope] : readers()) {
      follow(scope);
      const std::pair<const char*, Place> kPlaces[] = {
          {"inbox", Place::inbox},
          {"sent", Place::sent},
          {"all", Place::all},
          {"followed candidates", Place::followed_candidates},
          {"followed jobs", Place::followed_jobs}};
      for (auto [word, place] : kPlaces)
        for (const bool deep : {false, true})
          measure(name + ": " + word + (deep ? ", deep page" : ""), rounds, [&](std::uint64_t) {
            return must(store.ask(store::Threads{scope, place, {}, {deep ? middle() : "", 50}}))
                .rows.size();
          });
      people(name, scope);
      searches(name, scope);
    }
  }

  void searches(const std::string& name, const Scope& scope) {
    const auto ask = [&](const std::string& what,
                         const std::function<std::string(std::uint64_t)>& typed) {
      measure(name + ": search, " + what, rounds, [&](std::uint64_t round) {
        return must(store.ask(store::Found{scope, rules::read_search(typed(round)), {"", 20}}))
            .rows.size();
      });
    };
    ask("a word of all", [](auto) { return "hello"; });
    ask("two common words", [](auto round) { return "interview w" + std::to_string(round % 100); });
    ask("a beginning", [](auto) { return "inter"; });
    ask("two rare words", [](auto round) {
      return "w" + std::to_string(3'000 + round * 7) + " w" + std::to_string(9'000 + round * 11);
    });
    ask("one letter", [&](auto round) {
      return "letter" + std::to_string(round * 131 % (sizes.threads() * sizes.messages_in_thread));
    });
    ask("a phrase", [](auto) { return "\"hello letter77\""; });
    ask("a candidate's", [](auto round) {
      return "hello candidate:candidate" + std::to_string(round * 17) + "@home";
    });
    ask("unread", [](auto) { return "is:unread hello"; });
    ask("nothing", [](auto) { return "nowhere"; });
  }

  void people(const std::string& name, const Scope& scope) {
    measure(name + ": a candidate's threads", rounds, [&](std::uint64_t round) {
      const auto candidate = candidate_id(round * 17 % sizes.candidates);
      return must(store.ask(store::Threads{scope, Place::all, candidate, {}})).rows.size();
    });
    measure(name + ": one thread", rounds, [&](std::uint64_t round) {
      const auto found =
          must(store.ask(store::ThreadById{scope, thread_id(round * 131 % sizes.threads())}));
      return found ? found->messages.size() : 0;
    });
    for (const bool deep : {false, true}) {
      const auto after = deep ? store::to_text(store::Cursor{"dara", {}}) : "";
      measure(name + ": candidates" + (deep ? ", deep page" : ""), rounds, [&](std::uint64_t) {
        return must(store.ask(store::Candidates{scope, "", {}, {after, 50}})).rows.size();
      });
    }
    measure(name + ": candidates of a job", rounds, [&](std::uint64_t round) {
      const auto job = job_id(round % sizes.jobs);
      return must(store.ask(store::Candidates{scope, "", job, {}})).rows.size();
    });
    measure(name + ": one candidate", rounds, [&](std::uint64_t round) {
      const auto candidate = candidate_id(round * 17 % sizes.candidates);
      return must(store.ask(store::CandidateById{scope, candidate})).has_value() ? 1u : 0u;
    });
    measure(name + ": jobs", rounds,
            [&](std::uint64_t) { return must(store.ask(store::Jobs{scope})).rows.size(); });
  }

  store::Commit arrival(SystemRandom& random, std::uint64_t round) const {
    const auto thread = round * 131 % sizes.threads();
    const auto owner = owner_of(thread, sizes);
    const auto now = kStart + static_cast<std::int64_t>(sizes.threads() + round) * 30min;
    rules::Message m;
    m.id = MessageId::make(now, random);
    m.envelope.message_id = m.id.text() + "@home.example";
    m.envelope.from = {{"Ada", "ada@home.example", "ada@home.example"}};
    m.envelope.to = {{"", "user@lindenhof.example", "user@lindenhof.example"}};
    m.envelope.subject = "Re: About the job";
    m.fingerprint = m.id.text();
    m.date = now;
    m.octets = 2000;
    m.snippet = "Thank you for your answer.";
    m.raw = BlobId::make(now, random);
    const rules::Location at{mailbox_id(owner), folder_id(owner), 7,
                             static_cast<std::uint32_t>(first_uid + round)};
    const auto candidate = candidate_id(candidate_of(thread, sizes));
    return {company_id(),
            {store::PutBlob{m.raw, std::string(2000, 'x')}, store::AddMessage{m, now},
             store::AddCopy{m.id, at, m.raw},
             store::PlaceMessage{
                 {thread_id(thread), candidate, m.id, rules::PlacedBy::reply_to, "m"}, now},
             store::RecordBody{at, "reply-to-stored", 2000, now}},
            {}};
  }

  void commits() {
    SystemRandom random;
    measure("commit: a message arrives", rounds, [&](std::uint64_t round) {
      must(store.commit(arrival(random, round)));
      return 1;
    });
    measure("commit: one candidate address added", rounds, [&](std::uint64_t round) {
      const auto number = round * 19 % sizes.candidates;
      std::vector<rules::CandidateAddress> addresses;
      for (const auto& text : {candidate_address(number), "also-" + candidate_address(number)}) {
        addresses.emplace_back();
        addresses.back().address = addresses.back().normal = text;
      }
      must(store.commit(
          {company_id(),
           {store::PutCandidate{candidate_id(number), "Candidate " + std::to_string(number),
                                addresses, kStart}},
           {}}));
      return 1;
    });
  }
};

std::unique_ptr<store::Database> open_database(const std::string& uri) {
  return uri.starts_with("sqlite://") ? must(store::open_sqlite(uri.substr(9), 1, kBuildWithin))
                                      : must(store::open_postgres(uri, 1, kBuildWithin));
}

bool is_built(store::Database& database) {
  bool built = false;
  try {
    database.read([&](store::Db& db) { built = db.row("select 1 from companies").has_value(); });
  } catch (const store::Refused&) {
  }
  return built;
}

void run_on(const std::string& uri, const std::string& blobs, const Sizes& sizes,
            std::size_t rounds) {
  auto began = Clock::now();
  if (auto database = open_database(uri); !is_built(*database)) {
    store::migrate(*database, 1);
    build_company(*database, sizes);
    std::printf("  built in %.0f s\n", ms_since(began) / 1000);
    began = Clock::now();
    store::migrate(*database);
    std::printf("  migrated in %.1f s\n", ms_since(began) / 1000);
    began = Clock::now();
    make_findable(*database, sizes);
    std::printf("  made findable in %.0f s\n", ms_since(began) / 1000);
  }
  began = Clock::now();
  SystemRandom random;
  store::Options options;
  options.database = uri;
  options.blob_directory = blobs;
  options.master_key = std::string(32, 'k');
  auto store = must(store::Store::open(options, random));
  std::printf("  opened in %.1f s\n", ms_since(began) / 1000);
  settle(uri);
  find_server(uri);
  Bench bench{*store, sizes, rounds, 2'000'000'000u + std::uint32_t(random.below(2'000'000'000))};
  bench.views();
  bench.commits();
}

std::map<std::string, std::string> arguments(int count, char** words) {
  const std::set<std::string> known = {"--messages", "--candidates", "--users",
                                       "--jobs",     "--rounds",     "--only",
                                       "--on",       "--data",       "--postgres"};
  std::map<std::string, std::string> named;
  for (int i = 1; i < count; i += 2) {
    if (i + 1 == count || !known.contains(words[i]))
      throw std::invalid_argument(std::string(words[i]) + ": no argument, or one without a value");
    named[words[i]] = words[i + 1];
  }
  return named;
}

// One to keep, or one that goes with the run.
struct Folder {
  explicit Folder(std::string kept) : path(std::move(kept)), keep(!path.empty()) {
    if (keep) {
      fs::create_directories(path);
    } else {
      path = (fs::temp_directory_path() / "hearback-views-XXXXXX").string();
      if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary folder");
    }
  }
  Folder(const Folder&) = delete;
  ~Folder() {
    if (!keep) fs::remove_all(path);
  }
  std::string path;
  bool keep;
};

int run(int count, char** words) {
  auto named = arguments(count, words);
  const auto number = [&](const char* name, std::uint64_t otherwise) {
    return named.contains(name) ? std::strtoull(named[name].c_str(), nullptr, 10) : otherwise;
  };
  Sizes sizes;
  sizes.messages = number("--messages", sizes.messages);
  sizes.candidates = number("--candidates", std::max<std::uint64_t>(100, sizes.messages / 20));
  sizes.users = number("--users", sizes.users);
  sizes.jobs = number("--jobs", sizes.jobs);
  const auto rounds = number("--rounds", 500);
  only = named["--only"];
  const auto on = named.contains("--on") ? named["--on"] : "sqlite,postgres";

  utsname machine{};
  ::uname(&machine);
  std::printf("%s %s, %s, SQLite %s, libpq %d\n", machine.sysname, machine.release, __VERSION__,
              sqlite3_libversion(), PQlibVersion());
  std::printf("%llu messages in %llu threads, %llu candidates, %llu users, %llu jobs\n",
              static_cast<unsigned long long>(sizes.messages),
              static_cast<unsigned long long>(sizes.threads()),
              static_cast<unsigned long long>(sizes.candidates),
              static_cast<unsigned long long>(sizes.users),
              static_cast<unsigned long long>(sizes.jobs));
  const Folder folder(named["--data"]);
  if (on.find("sqlite") != on.npos) {
    std::printf("SQLite\n");
    run_on("sqlite://" + folder.path + "/hearback.db", folder.path + "/sqlite", sizes, rounds);
  }
  if (on.find("postgres") != on.npos) {
    const auto given = named["--postgres"];
    std::printf("PostgreSQL (%s)\n",
                given.empty() ? "15, its own cluster, without fsync" : "given");
    run_on(given.empty() ? fakes::Postgres::instance().new_database() : given,
           folder.path + "/postgres", sizes, rounds);
  }
  return 0;
}

}  // namespace
}  // namespace hearback::bench

int main(int count, char** words) {
  try {
    return hearback::bench::run(count, words);
  } catch (const std::exception& thrown) {
    std::fprintf(stderr, "bench views: %s\n", thrown.what());
  } catch (const hearback::store::Refused& refused) {
    std::fprintf(stderr, "bench views: %s\n", refused.error.what.c_str());
  }
  return 1;
}
