#include "config.hpp"

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <set>
#include <type_traits>

#include "base/text.hpp"

namespace hearback {
namespace {

constexpr int kMost = 1000;  // of whatever is a number

// The names in the file are those of the command line, with _ for -; a list bears the plural.
struct Option {
  const char* name;
  const char* what;
  const char* plural = nullptr;

  const char* in_file() const { return plural ? plural : name; }
  std::string on_command_line() const {
    std::string word = "--" + std::string(name);
    std::ranges::replace(word, '_', '-');
    return word;
  }
};

template <class Visit>
void each_option(Config& config, Visit visit) {
  const auto one = [&](auto& value, Option option) { visit(option, value); };
  one(config.data, {"data", "Directory for database, messages and master key"});
  one(config.database, {"database", "PostgreSQL URI instead of embedded SQLite"});
  one(config.listen, {"listen", "Address and port, like 127.0.0.1:8025"});
  one(config.certificate_file, {"certificate_file", "TLS certificate chain (PEM)"});
  one(config.key_file, {"key_file", "TLS private key (PEM)"});
  one(config.trusted_proxies,
      {"trusted_proxy", "Address of a proxy to believe", "trusted_proxies"});
  one(config.public_hosts,
      {"public_host", "Name under which people reach Hearback", "public_hosts"});
  one(config.pages, {"pages", "Directory of the page"});
  one(config.workers, {"workers", "Threads for blocking work"});
  one(config.log_level, {"log_level", "debug, info, warn or error"});
  one(config.allow_loopback, {"allow_loopback", "Mail servers on this machine"});
  one(config.allow_private, {"allow_private", "Mail servers on private networks"});
  one(config.allow_plain, {"allow_plain", "Mail servers without TLS"});
  one(config.allow_any_port, {"allow_any_port", "Mail servers on unusual ports"});
  one(config.ca_file, {"ca_file", "Certificates to trust besides the system's"});
  one(config.hosts, {"host", "NAME=ADDRESS: a fixed answer to a name look-up", "hosts"});
  one(config.fast_retries, {"fast_retries", "Short waits after failures (tests)"});
}

Result<> read_value(const toml::node& node, std::string& value) {
  if (auto text = node.value_exact<std::string>()) {
    value = *text;
    return {};
  }
  return fail(Kind::input, "config.type", "must be a text");
}
Result<> read_value(const toml::node& node, bool& value) {
  if (auto flag = node.value_exact<bool>()) {
    value = *flag;
    return {};
  }
  return fail(Kind::input, "config.type", "must be true or false");
}
Result<> read_value(const toml::node& node, int& value) {
  if (auto number = node.value_exact<std::int64_t>(); number && *number > 0 && *number <= kMost) {
    value = static_cast<int>(*number);
    return {};
  }
  return fail(Kind::input, "config.type", "must be a whole number from 1 to 1000");
}
Result<> read_value(const toml::node& node, std::vector<std::string>& value) {
  const auto* array = node.as_array();
  if (!array) return fail(Kind::input, "config.type", "must be a list of texts");
  value.clear();
  for (const auto& item : *array) {
    std::string text;
    if (auto read = read_value(item, text); !read)
      return fail(Kind::input, "config.type", "must be a list of texts");
    value.push_back(std::move(text));
  }
  return {};
}

template <class T>
Result<> take(toml::table& table, const std::string& file, const char* name, T& value) {
  const auto* node = table.get(name);
  if (!node) return {};
  if (auto read = read_value(*node, value); !read)
    return fail(Kind::input, "config.invalid",
                "In " + file + ", " + name + " " + read.error().what + ".");
  table.erase(name);
  return {};
}

Result<> read_file(const std::string& file, Config& config) {
  auto parsed = toml::parse_file(file);
  if (!parsed)
    return fail(Kind::input, "config.unreadable",
                "The configuration " + file +
                    " can't be read: " + std::string(parsed.error().description()) + ".");
  auto& table = parsed.table();
  Result<> read;
  each_option(config, [&](const Option& option, auto& value) {
    if (read) read = take(table, file, option.in_file(), value);
  });
  if (!read) return read;
  if (!table.empty())
    return fail(Kind::input, "config.unknown",
                "In " + file + ", " + std::string(table.begin()->first.str()) + " is not known.");
  return {};
}

Result<> check(const Config& config) {
  const std::set<std::string> levels = {"debug", "info", "warn", "error"};
  if (!levels.contains(config.log_level))
    return fail(Kind::input, "config.invalid", "The log level is debug, info, warn or error.");
  if (config.certificate_file.empty() != config.key_file.empty())
    return fail(Kind::input, "config.invalid", "TLS needs both a certificate file and a key file.");
  for (const auto& host : config.hosts)
    if (const auto equals = host.find('=');
        equals == host.npos || equals == 0 || equals + 1 == host.size())
      return fail(Kind::input, "config.invalid", "A host is given as NAME=ADDRESS.");
  if (auto listen = parse_listen(config.listen); !listen) return Failure(listen.error());
  return {};
}

void add_options(CLI::App& verb, Config& config, std::string& file) {
  verb.add_option(
      "--config", file,
      "TOML file with the same names, _ for -; lists: trusted_proxies, public_hosts, hosts");
  each_option(config, [&]<class T>(const Option& option, T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      verb.add_flag(option.on_command_line(), value, option.what);
    } else {
      auto* added = verb.add_option(option.on_command_line(), value, option.what);
      if constexpr (std::is_same_v<T, int>) added->check(CLI::Range(1, kMost));
    }
  });
}

// The file is read before the command line is, so that the command line wins.
std::string config_file_of(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--config" && i + 1 < argc) return argv[i + 1];
    if (word.starts_with("--config=")) return std::string(word.substr(9));
  }
  return {};
}

}  // namespace

Result<Listen> parse_listen(const std::string& text) {
  const auto wrong = [] {
    return fail(Kind::input, "config.invalid", "Listen takes an address and a port.",
                "Like 127.0.0.1:8025 or [::1]:8025.");
  };
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return wrong();
  const auto port = to_number(std::string_view(text).substr(colon + 1));
  if (!port || *port > 65535) return wrong();
  std::string address = text.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']'))
    address = address.substr(1, address.size() - 2);
  if (address.empty()) address = "::";
  return Listen{address, static_cast<std::uint16_t>(*port)};
}

Result<std::optional<Config>> read_command_line(int argc, char** argv) {
  Config config;
  if (const auto file = config_file_of(argc, argv); !file.empty())
    if (auto read = read_file(file, config); !read) return Failure(read.error());
  CLI::App app{"Hearback: a recruiting team's e-mail with candidates, in one place"};
  app.set_version_flag("--version", "hearback 0.1.0");
  app.require_subcommand(1);
  std::string file;
  add_options(*app.add_subcommand("serve", "Run the server"), config, file);
  auto* link = app.add_subcommand(
      "link", "Print a link by which a user sets a new password; the server must be stopped");
  link->add_option("address", config.link_for, "The address they sign in with")->required();
  add_options(*link, config, file);
  auto* company = app.add_subcommand(
      "company", "Print a link by which one more company is made; the server may go on running");
  add_options(*company, config, file);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& done) {
    app.exit(done);
    return std::nullopt;
  } catch (const CLI::ParseError& wrong) {
    return fail(Kind::input, "config.command-line", wrong.what(),
                "Try hearback --help, or hearback serve --help.");
  }
  if (link->parsed()) config.verb = Config::Verb::link;
  if (company->parsed()) config.verb = Config::Verb::company;
  if (auto checked = check(config); !checked) return Failure(checked.error());
  return config;
}

}  // namespace hearback
