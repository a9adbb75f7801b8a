#include "fakes/postgres.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

namespace hearback::fakes {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

const std::string kBin = "/usr/lib/postgresql/15/bin/";

// PostgreSQL refuses to run as root: then it runs as the user that its package made.
const passwd* server_user() {
  if (::geteuid() != 0) return nullptr;
  const auto* user = ::getpwnam("postgres");
  if (user == nullptr) throw std::runtime_error("there is no user named postgres to run it as");
  return user;
}

// Starts a program with its output in `log`; it ends with this one, however this one ends.
pid_t spawn(const std::vector<std::string>& words, const std::string& folder) {
  const auto* user = server_user();
  const uid_t uid = user ? user->pw_uid : 0;
  const gid_t gid = user ? user->pw_gid : 0;
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const std::string log = folder + "/log";
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child != 0) return child;
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(out, 1);
  ::dup2(out, 2);
  if (user != nullptr && (::setgid(gid) != 0 || ::setuid(uid) != 0)) ::_exit(126);
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (::getppid() != parent || ::chdir(folder.c_str()) != 0) ::_exit(126);
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(fd, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

class Session {
 public:
  explicit Session(const std::string& uri) : connection_(PQconnectdb(uri.c_str())) {}
  Session(const Session&) = delete;
  ~Session() { PQfinish(connection_); }
  // What is in the first column of the first row; nullopt: it was refused.
  std::optional<std::string> word(const char* sql) {
    PGresult* result = PQexec(connection_, sql);
    const auto status = PQresultStatus(result);
    std::optional<std::string> found;
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
      found = PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "";
    PQclear(result);
    return found;
  }

 private:
  PGconn* connection_;
};

// All of a database but its rows: its version, tables, columns, indexes, what is set for it, and
// what it was counted to hold. A table that was counted with nothing but deleted rows is planned as
// one that stays empty, however much comes into it.
constexpr auto kShape = R"(
select md5(string_agg(x, ',' order by x)) from (
  select concat_ws(' ', c.relname, c.relkind, a.attname, a.atttypid, a.attnotnull,
                   pg_get_indexdef(i.indexrelid)) as x
  from pg_class c left join pg_attribute a on a.attrelid = c.oid
  left join pg_index i on i.indexrelid = c.oid where c.relnamespace = 'public'::regnamespace
  union all select concat_ws(' ', 'version', number) from schema_migrations
  union all select concat_ws(' ', 'constraint', conname, convalidated) from pg_constraint
  union all select concat_ws(' ', 'trigger', tgname, tgenabled) from pg_trigger
  where not tgisinternal
  union all select concat_ws(' ', 'setting', setdatabase, setconfig) from pg_db_role_setting
  union all select concat_ws(' ', 'counted', relname, relpages, reltuples) from pg_class
  where relkind = 'r' and relnamespace = 'public'::regnamespace
  union all select 'statistics' from (
    select from pg_statistic s join pg_class c on c.oid = s.starelid
    where c.relnamespace = 'public'::regnamespace limit 1) s) all_of_it)";

// Hundreds of files are copied for a new database, which takes longer than most tests. One in which
// a test has left little, and nothing but rows, is as new without them. (The original has none
// but those that name its version.)
bool emptied(const std::string& copy, const std::string& original) {
  const auto shape = Session(original).word(kShape);
  if (!shape) throw std::runtime_error("PostgreSQL doesn't tell the shape of a database");
  Session session(copy);
  return session.word(
             "select count(pg_terminate_backend(pid)) from pg_stat_activity"
             " where datname = current_database() and pid <> pg_backend_pid()") &&
         session.word(
             "select sum(pg_relation_size(oid)) < 4000000 from pg_class"
             " where relkind = 'r' and relnamespace = 'public'::regnamespace") == "t" &&
         session.word(kShape) == shape && session.word(R"(
do $$ declare t name; begin
  set local session_replication_role = replica;
  for t in select relname from pg_class where relkind = 'r'
      and relnamespace = 'public'::regnamespace and relname <> 'schema_migrations' loop
    execute format('delete from %I', t);
  end loop;
end $$)");
}

}  // namespace

Postgres& Postgres::instance() {
  static Postgres cluster;
  return cluster;
}

Postgres::Postgres() {
  if (!fs::exists(kBin + "initdb"))
    throw std::runtime_error("PostgreSQL 15 is needed for this test: install postgresql-15");
  std::string pattern = (fs::temp_directory_path() / "hearback-postgres-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
  if (const auto* user = server_user())
    if (::chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0)
      throw std::runtime_error("the temporary folder can't be given to its user");
  const pid_t initdb = spawn({kBin + "initdb", "-D", folder_ + "/data", "-U", "hearback", "-A",
                              "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"},
                             folder_);
  int status = 0;
  ::waitpid(initdb, &status, 0);
  if (status != 0) throw std::runtime_error("initdb failed: " + read_file(folder_ + "/log"));
  start();
}

// The port was free a moment ago; another test that starts may have taken it since.
void Postgres::start() {
  for (int tries = 0; tries < 5; ++tries)
    if (started()) return;
  throw std::runtime_error("PostgreSQL didn't start: " + read_file(folder_ + "/log"));
}

bool Postgres::started() {
  port_ = free_port();
  server_ = spawn({kBin + "postgres", "-D", folder_ + "/data", "-p", std::to_string(port_), "-c",
                   "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=" + folder_, "-c",
                   "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c",
                   "max_connections=200", "-c", "log_min_messages=fatal"},
                  folder_);
  // By its socket: at the port another test's might answer.
  const std::string ping =
      "host=" + folder_ + " port=" + std::to_string(port_) + " user=hearback dbname=postgres";
  for (int i = 0; i < 600; ++i) {
    if (::waitpid(static_cast<pid_t>(server_), nullptr, WNOHANG) == server_) return false;
    if (PQping(ping.c_str()) == PQPING_OK) return true;
    std::this_thread::sleep_for(50ms);
  }
  ::kill(static_cast<pid_t>(server_), SIGQUIT);
  ::waitpid(static_cast<pid_t>(server_), nullptr, 0);
  return false;
}

void Postgres::run(const std::string& uri, const std::string& sql) {
  PGconn* connection = PQconnectdb(uri.c_str());
  PGresult* result = PQexec(connection, sql.c_str());
  const auto status = PQresultStatus(result);
  const std::string why = PQresultErrorMessage(result);
  PQclear(result);
  PQfinish(connection);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    throw std::runtime_error("PostgreSQL refused \"" + sql + "\": " + why);
}

std::string Postgres::new_database() {
  const std::string server = "postgresql://hearback@127.0.0.1:" + std::to_string(port_) + "/";
  const std::string name = "t" + std::to_string(++databases_);
  run(server + "postgres", "create database " + name);
  return server + name;
}

std::string Postgres::copy_of(const std::string& original) {
  const std::string server = "postgresql://hearback@127.0.0.1:" + std::to_string(port_) + "/";
  if (!copy_.empty() && emptied(server + copy_, original)) return server + copy_;
  const auto name = "t" + std::to_string(++databases_);
  if (!copy_.empty()) run(server + "postgres", "drop database " + copy_ + " with (force)");
  run(server + "postgres",
      "create database " + name + " template " + original.substr(original.rfind('/') + 1));
  copy_ = name;
  return server + name;
}

Postgres::~Postgres() {
  if (server_ > 0) {
    ::kill(static_cast<pid_t>(server_), SIGQUIT);
    ::waitpid(static_cast<pid_t>(server_), nullptr, 0);
  }
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

}  // namespace hearback::fakes
