#include "api/set_up_links.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include "api/http/secrets.hpp"
#include "api/links.hpp"
#include "base/text.hpp"

namespace hearback::api {
namespace {

namespace fs = std::filesystem;

std::string file_of(const std::string& directory, std::string_view secret) {
  return (fs::path(directory) / digest(secret)).string();
}

// When it was made, as its file says.
std::optional<Instant> made(const std::string& file) {
  struct stat facts{};
  if (::stat(file.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
  return Instant{facts.st_mtim.tv_sec * 1000 + facts.st_mtim.tv_nsec / 1'000'000};
}

// A date to come would have it good for longer. Clocks are set right by less than that.
constexpr Duration kAhead = 5min;

bool is_good(std::optional<Instant> made, Instant now) {
  return made && *made <= now + kAhead && now < *made + kLinkAge;
}

bool write_file(const std::string& file, Instant at) {
  const int opened = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (opened < 0) return false;
  const timespec date{.tv_sec = at.ms / 1000, .tv_nsec = at.ms % 1000 * 1'000'000};
  const std::array<timespec, 2> dates = {date, date};
  const bool dated = ::futimens(opened, dates.data()) == 0;
  return ::close(opened) == 0 && dated;
}

}  // namespace

Result<> SetUpLinks::open(Instant now) const {
  if (directory_.empty()) return {};
  std::error_code wrong;
  fs::create_directories(directory_, wrong);
  if (!wrong)
    for (const auto& entry : fs::directory_iterator(directory_, wrong))
      if (!is_good(made(entry.path()), now)) ::unlink(entry.path().c_str());
  if (wrong)
    return fail(Kind::permanent, "data.unusable",
                "The directory " + directory_ + " can't be made or used.",
                "Let it belong to who runs the server.");
  return {};
}

Result<std::string> SetUpLinks::make(Random& random, Instant now) const {
  auto secret = new_secret(random);
  if (!fs::is_directory(directory_) || !write_file(file_of(directory_, secret), now))
    return fail(Kind::permanent, "data.unusable", "No link can be written to " + directory_ + ".",
                "Start this version of the server once on its data directory, then try again as "
                "who runs it, or as root.");
  return secret;
}

bool SetUpLinks::good(std::string_view secret, Instant now) const {
  return !directory_.empty() && !secret.empty() && is_good(made(file_of(directory_, secret)), now);
}

Result<bool> SetUpLinks::take(std::string_view secret, Instant now) const {
  if (!good(secret, now)) return false;
  if (::unlink(file_of(directory_, secret).c_str()) == 0) return true;
  if (errno == ENOENT) return false;
  return fail(Kind::permanent, "setup.link-stays",
              "The server may not use this link up: it can't delete its file.",
              "Whoever runs the server lets the directory set-up-links belong to it.");
}

std::string new_secret(Random& random) {
  std::array<std::uint8_t, 24> octets{};
  random.fill(octets);
  return to_base64url({reinterpret_cast<const char*>(octets.data()), octets.size()});
}

std::string path_of_set_up(std::string_view secret) { return "/setup#" + std::string(secret); }

}  // namespace hearback::api
