#pragma once
// All that an operator can choose, read once at start from a TOML file and the command line (which
// wins). Choices of companies and people are rows in the store, not here.
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace hearback {

struct Config {
  std::string data = "data";  // directory: database, blobs, master key
  std::string database;       // "postgresql://…"; empty: SQLite in the data directory
  std::string listen = "127.0.0.1:8025";
  std::string certificate_file, key_file;    // both: TLS by the server itself
  std::vector<std::string> trusted_proxies;  // whose X-Forwarded-* headers are believed
  std::vector<std::string> public_hosts;     // names under which people reach the server
  std::string pages;               // directory of the page; empty: found beside the program
  int workers = 4;                 // threads for blocking work
  std::string log_level = "info";  // debug, info, warn, error

  // Where mailboxes may lie. All off: only public addresses, the usual ports, always TLS.
  bool allow_loopback = false;
  bool allow_private = false;
  bool allow_plain = false;
  bool allow_any_port = false;
  std::string ca_file;             // trusted besides the system's certificates
  std::vector<std::string> hosts;  // "name=address": fixed answers to name look-ups

  enum class Verb { serve, link, company };
  Verb verb = Verb::serve;
  std::string link_for;  // `link`: to whose address

  bool fast_retries = false;  // short waits after failures: demo and tests
};

struct Listen {
  std::string address;
  std::uint16_t port = 0;
};

// A verb and its options. nullopt: help or version was printed; the program is done.
Result<std::optional<Config>> read_command_line(int argc, char** argv);

// "127.0.0.1:8025", "[::1]:8025", ":8025" (every address).
Result<Listen> parse_listen(const std::string& text);

}  // namespace hearback
