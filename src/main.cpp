// Composition: opens the two doors (network, memory), starts the engines, serves until told to
// stop.
#include <fcntl.h>
#include <malloc.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <memory>
#include <thread>

#include "api/api.hpp"
#include "api/http/secrets.hpp"
#include "api/links.hpp"
#include "api/set_up_links.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "config.hpp"
#include "mail/address.hpp"
#include "mailbox/probe.hpp"
#include "net/loop.hpp"
#include "outbox/engine.hpp"
#include "reading_child.hpp"
#include "scheduler/engine.hpp"
#include "scheduler/file_reader.hpp"
#include "scheduler/reading.hpp"
#include "store/store.hpp"
#include "sync/engine.hpp"

namespace hearback {
namespace {

namespace fs = std::filesystem;

// glibc gives a thread's freed memory back to other threads only within an arena, and has eight
// arenas a core unless it is told otherwise: during an import each worker would hoard what one
// batch needed (docs/measured.md, scan). Few of them compute at once.
void share_freed_memory() {
  ::mallopt(M_ARENA_MAX, static_cast<int>(std::max(2u, std::thread::hardware_concurrency())));
}

// The data directory belongs to one running server: two would claim each other's mailboxes.
class DataDirectory {
 public:
  static Result<std::unique_ptr<DataDirectory>> open(const std::string& path) {
    if (auto unread = expect_unread(path); !unread) return Failure(unread.error());
    std::error_code wrong;
    // The umask makes a new one ours alone.
    fs::create_directories(path, wrong);
    if (wrong) return unusable(path);
    // Where it would lie was only foretold.
    if (auto unread = expect_unread(path); !unread) return Failure(unread.error());
    if (auto exposed = expect_private(path); !exposed) return Failure(exposed.error());
    const auto lock = fs::path(path) / "lock";
    const int file = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
      return fail(Kind::permanent, "data.unusable",
                  "The data directory " + path + " can't be written to.");
    std::unique_ptr<DataDirectory> directory(new DataDirectory(fs::canonical(path), file));
    if (::flock(file, LOCK_EX | LOCK_NB) != 0)
      return fail(Kind::conflict, "data.in-use",
                  "Another Hearback server is running on the data directory " + path + ".",
                  "Stop it first, or name another directory with --data.");
    return directory;
  }
  ~DataDirectory() { ::close(lock_); }
  DataDirectory(const DataDirectory&) = delete;
  DataDirectory& operator=(const DataDirectory&) = delete;

  std::string file(const char* name) const { return (path_ / name).string(); }

 private:
  static Failure unusable(const std::string& path) {
    return fail(Kind::permanent, "data.unusable",
                "The data directory " + path + " can't be made or used.",
                "Name another one with --data, or change its owner.");
  }

  static Result<> expect_unread(const std::string& path) {
    const auto read = child_may_read(path);
    if (!read) return unusable(path);
    if (!*read) return {};
    return fail(Kind::input, "data.exposed",
                "What reads files of strangers may read the data directory " + path + ".",
                "Name another one with --data: one that lies among no libraries.");
  }

  // What lies there is nobody else's to read, and least of all to replace. Where others can only
  // look into a directory of ours, that ends now; one in which they write may hold anything
  // already.
  static Result<> expect_private(const std::string& path) {
    struct stat facts{};
    if (::stat(path.c_str(), &facts) != 0) return unusable(path);
    if ((facts.st_mode & 022) != 0)
      return fail(Kind::permanent, "data.exposed",
                  "Others than its owner may write into the data directory " + path + ".",
                  "Look what lies there, allow only its owner (chmod 700 " + path +
                      "), and start again; or name another one with --data.");
    if ((facts.st_mode & 055) == 0) return {};
    std::error_code wrong;
    const bool ours = fs::is_empty(path, wrong) || fs::exists(fs::path(path) / "lock", wrong);
    if (ours && ::chmod(path.c_str(), 0700) == 0) {
      log::warn("data.closed-to-others", {});
      return {};
    }
    return fail(Kind::permanent, "data.exposed",
                "Others than its owner may read the data directory " + path + ".",
                "Allow only its owner (chmod 700 " + path + "), or name another one with --data.");
  }

  DataDirectory(fs::path path, int lock) : path_(std::move(path)), lock_(lock) {}

  fs::path path_;
  int lock_;
};

Result<std::unique_ptr<store::Store>> open_store(const Config& config,
                                                 const DataDirectory& directory, Random& random) {
  return store::Store::open(
      {.database =
           config.database.empty() ? "sqlite://" + directory.file("hearback.db") : config.database,
       .blob_directory = directory.file("blobs"),
       .master_key_file = directory.file("master.key")},
      random);
}

net::DialPolicy dial_policy(const Config& config) {
  net::DialPolicy policy;
  policy.allow_loopback = config.allow_loopback;
  policy.allow_private = config.allow_private;
  policy.allow_plain = config.allow_plain;
  if (config.allow_any_port) policy.ports = {0};
  policy.ca_file = config.ca_file;
  for (const auto& host : config.hosts) {
    const auto equals = host.find('=');
    policy.hosts.emplace_back(host.substr(0, equals), host.substr(equals + 1));
  }
  return policy;
}

Deadlines deadlines(const Config& config) {
  Deadlines chosen;
  if (!config.fast_retries) return chosen;
  chosen.smtp_answer = 5s;
  chosen.smtp_data_end = 10s;
  chosen.imap_answer = 15s;
  chosen.probe = 10s;
  chosen.poll = 10s;
  return chosen;
}

sync::Options sync_options(const Config& config) {
  sync::Options options;
  options.deadlines = deadlines(config);
  if (config.fast_retries) {
    options.retry_first = 200ms;
    options.retry_most = 2s;
    options.sign_in_again = 500ms;
  }
  return options;
}

outbox::Options outbox_options(const Config& config) {
  outbox::Options options;
  options.deadlines = deadlines(config);
  options.sole_process = true;  // the store is this process's alone (docs/decisions/0011)
  if (config.fast_retries) {
    options.lease = 20s;
    options.retry_first = 300ms;
    options.retry_most = 2s;
    options.reconcile_first = 300ms;
    options.reconcile_most = 2s;
    options.provider_files = 2s;
  }
  return options;
}

// Installed: <prefix>/bin/hearback and <prefix>/share/hearback/pages. In the source tree: web/dist.
std::string pages_directory(const Config& config) {
  if (!config.pages.empty()) return config.pages;
  std::error_code wrong;
  const auto program = fs::read_symlink("/proc/self/exe", wrong).parent_path();
  const std::array places = {program / "../share/hearback/pages", program / "../web/dist",
                             fs::path("web/dist")};
  for (const auto& place : places)
    if (fs::exists(place / "index.html", wrong)) return fs::canonical(place, wrong).string();
  return {};
}

std::string address_to_open(const Config& config, const Listen& listen, std::uint16_t port) {
  const std::string scheme = config.certificate_file.empty() ? "http" : "https";
  std::string host = listen.address;
  if (host == "::" || host == "0.0.0.0") host = "localhost";
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return scheme + "://" + host + ":" + std::to_string(port);
}

void set_log_level(const std::string& word) {
  if (word == "debug") log::set_level(log::Level::debug);
  if (word == "info") log::set_level(log::Level::info);
  if (word == "warn") log::set_level(log::Level::warn);
  if (word == "error") log::set_level(log::Level::error);
}

// While there is no company, whoever has the link that is printed here makes it: not the first
// stranger who finds the server. A new secret at each start.
Result<std::string> setup_secret(store::Store& store, Random& random) {
  auto companies = store.ask(store::Companies{.rows = 1});
  if (!companies) return Failure(companies.error());
  if (!companies->empty()) return std::string();
  return api::new_secret(random);
}

std::string set_up_links_directory(const Config& config) {
  return (fs::path(config.data) / "set-up-links").string();
}

// Where a link leads that is printed without a request.
std::string address_of_links(const Config& config) {
  const auto listen = *parse_listen(config.listen);
  return config.public_hosts.empty() ? address_to_open(config, listen, listen.port)
                                     : "https://" + config.public_hosts.front();
}

Instant date(const Config& config) {
  net::Loop clock(net::make_workers(1), dial_policy(config), deadlines(config));
  return clock.env().now();
}

// Whether it has served from this data directory: a wrong name would make one anew.
Result<> expect_served(const Config& config) {
  std::error_code wrong;
  if (fs::exists(fs::path(config.data) / "lock", wrong)) return {};
  return fail(Kind::input, "data.unusable", "No Hearback server has run on " + config.data + ".",
              "Name its data directory with --data, or its file with --config.");
}

Result<> serve(const Config& config) {
  set_log_level(config.log_level);
  if (!config.key_file.empty() && child_may_read(config.key_file).value_or(false))
    return fail(Kind::input, "config.key-exposed",
                "What reads files of strangers may read the key in " + config.key_file + ".",
                "Let it lie among no libraries.");
  auto directory = DataDirectory::open(config.data);
  if (!directory) return Failure(directory.error());
  SystemRandom random;
  auto store = open_store(config, **directory, random);
  if (!store) return Failure(store.error());

  auto workers = net::make_workers(config.workers);
  auto mail = std::make_unique<net::Loop>(workers, dial_policy(config), deadlines(config));
  auto http = std::make_unique<net::Loop>(workers, dial_policy(config), deadlines(config));
  sync::Engine sync(mail->env(), **store, sync_options(config));
  outbox::Engine outbox(mail->env(), **store, outbox_options(config));
  scheduler::Engine scheduler(mail->env(), **store);
  scheduler::ChildFileReader reader("/proc/self/exe");
  // It waits for processes: on threads of its own, so that nobody's mail waits with it.
  auto files =
      std::make_unique<net::Loop>(net::make_workers(1), dial_policy(config), deadlines(config));
  scheduler::ReadingFiles reading(files->env(), **store, reader);
  api::Options options;
  options.probe = mailbox::probe;
  options.pages = pages_directory(config);
  options.public_hosts = config.public_hosts;
  auto secret = setup_secret(**store, random);
  if (!secret) return Failure(secret.error());
  options.setup_secret = *secret;
  options.set_up_links = set_up_links_directory(config);
  if (auto opened = api::SetUpLinks(options.set_up_links).open(http->env().now()); !opened)
    return opened;
  api::Api api(http->env(), **store, std::move(options));

  const auto listen = *parse_listen(config.listen);
  auto port = http->listen({.address = listen.address,
                            .port = listen.port,
                            .certificate_file = config.certificate_file,
                            .key_file = config.key_file,
                            .trusted_proxies = config.trusted_proxies},
                           api);
  if (!port) return Failure(port.error());

  http->stop_on_signals([&mail, &files] {
    mail->stop();
    files->stop();
  });
  mail->spawn(sync.run());
  mail->spawn(outbox.run());
  mail->spawn(scheduler.run());
  files->spawn(reading.run());
  std::thread mail_thread([&mail] { mail->run(); });
  std::thread files_thread([&files] { files->run(); });
  const auto address = address_to_open(config, listen, *port);
  std::cout << "Hearback is ready: " << address << std::endl;
  // Behind the '#', so that it is in no server's log.
  if (!secret->empty())
    std::cout << "Set it up here, once: " << address << api::path_of_set_up(*secret) << std::endl;
  http->run();
  mail_thread.join();
  files_thread.join();
  // What still waits on the loops goes before what it works with.
  http.reset();
  mail.reset();
  files.reset();
  log::info("server.stopped");
  return {};
}

// For whom no admin can let in any more: whoever can read the data directory may make a link, as
// they could do anything else.
Result<> print_links(const Config& config) {
  const auto nobody = [] {
    return fail(Kind::missing, "config.no-such-user", "No active user signs in with this address.",
                "Write it as they do.");
  };
  if (auto served = expect_served(config); !served) return served;
  auto directory = DataDirectory::open(config.data);
  if (!directory) return Failure(directory.error());
  SystemRandom random;
  auto store = open_store(config, **directory, random);
  if (!store) return Failure(store.error());
  const auto address = mail::normal_form(config.link_for);
  if (!address) return nobody();
  auto users = (*store)->ask(store::SignIn{*address});
  if (!users) return Failure(users.error());
  if (users->empty()) return nobody();
  const auto now = date(config);
  for (const auto& found : *users) {
    auto facts = (*store)->ask(store::CompanyFacts{rules::engine_scope(found.company)});
    if (!facts) return Failure(facts.error());
    const auto bearer = api::Bearer::make(found.company, random);
    const store::PutLink link{
        found.user.id, {}, api::digest(bearer.secret), now, now + api::kLinkAge};
    auto made = (*store)->commit({.company = found.company, .changes = {link}, .expectations = {}});
    if (!made) return Failure(made.error());
    std::cout << found.user.name << ", " << facts->name
              << ". Once, within seven days, when the server runs again:\n"
              << address_of_links(config) << api::path_of_link(bearer) << std::endl;
  }
  return {};
}

// For one more company: neither its name nor a password passes through the operator's hands.
Result<> print_company_link(const Config& config) {
  if (auto served = expect_served(config); !served) return served;
  SystemRandom random;
  auto secret = api::SetUpLinks(set_up_links_directory(config)).make(random, date(config));
  if (!secret) return Failure(secret.error());
  std::cout << "Whoever opens this makes a company and is its admin. Once, within seven days:\n"
            << address_of_links(config) << api::path_of_set_up(*secret) << std::endl;
  return {};
}

Result<> run(const Config& config) {
  switch (config.verb) {
    case Config::Verb::link: return print_links(config);
    case Config::Verb::company: return print_company_link(config);
    case Config::Verb::serve: break;
  }
  return serve(config);
}

int complain(const Error& error) {
  std::cerr << "hearback: " << error.what << '\n';
  if (!error.hint.empty()) std::cerr << "  " << error.hint << '\n';
  return 1;
}

}  // namespace
}  // namespace hearback

int main(int argc, char** argv) {
  if (const int code = hearback::read_in_child(argc, argv); code >= 0) return code;
  ::umask(077);                    // what we write is nobody else's
  ::signal(SIGCHLD, SIG_DFL);      // how a process that reads a file ended is to be known
  hearback::share_freed_memory();  // before there are threads
  auto config = hearback::read_command_line(argc, argv);
  if (!config) return hearback::complain(config.error());
  if (!*config) return 0;
  auto done = hearback::run(**config);
  return done ? 0 : hearback::complain(done.error());
}
