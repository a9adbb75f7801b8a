#include "protocols/imap/search.hpp"

#include <algorithm>
#include <span>

#include "base/text.hpp"

namespace hearback::protocols::imap {
namespace {

// SEARCH and ESEARCH (RFC 4731) answers.
class Found final : public Listener {
 public:
  explicit Found(std::size_t at_most) : at_most_(at_most) {}

  void search(std::string_view numbers) override {
    Lexer lexer(numbers);
    for (lexer.skip_spaces(); !lexer.at_end(); lexer.skip_spaces()) {
      auto uid = lexer.number();
      if (!uid) {
        if (!lexer.skip_value() || lexer.peek() == ')') return;  // (MODSEQ 12)
        continue;
      }
      if (*uid == 0 || *uid > UINT32_MAX) continue;
      if (uids.size() >= at_most_) {
        too_many = true;
        return;
      }
      uids.push_back(static_cast<std::uint32_t>(*uid));
    }
  }
  void extended_search(std::string_view rest) override {
    Lexer lexer(rest);
    if (lexer.peek() == '(' && !lexer.skip_value()) return;
    for (lexer.skip_spaces(); !lexer.at_end(); lexer.skip_spaces()) {
      auto name = lexer.atom();
      if (name.empty()) return;
      if (ascii_equal(name, "UID")) continue;
      lexer.skip_spaces();
      if (!ascii_equal(name, "ALL")) {
        if (!lexer.skip_value()) return;
      } else if (!expand_uids(lexer.atom(), at_most_, uids)) {
        too_many = true;
      }
    }
  }
  Uids uids;
  bool too_many = false;

 private:
  const std::size_t at_most_;
};

// What a FETCH of numbers alone brings.
class Told final : public Listener {
 public:
  explicit Told(std::size_t at_most) : at_most_(at_most) {}
  void fetch(const FetchData& data) override {
    if (data.uid == 0) return;
    too_many = too_many || uids.size() >= at_most_;
    if (!too_many) uids.push_back(data.uid);
  }
  Uids uids;
  bool too_many = false;

 private:
  const std::size_t at_most_;
};

Budget searching(const Engine& engine) {
  auto budget = engine.ordinary();
  budget.time = budget.silence = engine.deadlines().imap_search;
  budget.octets = engine.limits().imap_search_octets + engine.limits().imap_answer_octets;
  // Without ESEARCH a large folder's answer is one line of megabytes.
  budget.line_octets = engine.limits().imap_search_octets;
  return budget;
}

Command search_command(const Engine& engine, Found& found, std::string_view criteria) {
  bool extended = engine.has("ESEARCH") || engine.has("IMAP4REV2");
  return Command(
      std::string(extended ? "UID SEARCH RETURN (ALL) " : "UID SEARCH ") + std::string(criteria),
      searching(engine), found);
}

template <class Listening>
Task<Result<>> ask(Engine& engine, Wire& wire, Command command, const Listening& found) {
  if (auto ready = engine.usable(); !ready) co_return ready;
  if (engine.folder().empty()) co_return Failure(no_folder_open());
  auto answer = co_await engine.run(wire, std::move(command));
  if (!answer) co_return Failure(answer.error());
  if (!answer->ok()) co_return Failure(refused(*answer));
  if (found.too_many)
    co_return Failure(too_large("The mail server reported more messages than a folder can hold.",
                                "Tell the mail server's administrator."));
  co_return Result<>{};
}

Uids in_order(Uids uids) {
  std::sort(uids.begin(), uids.end());
  uids.erase(std::unique(uids.begin(), uids.end()), uids.end());
  return uids;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

// `OR a b` takes two: a tree of them as deep as the logarithm of their number, because servers
// parse it by recursion.
void any_of(Command& command, std::span<const std::pair<std::string_view, std::string_view>> keys) {
  if (keys.size() == 1) {
    command.text(keys[0].first).string(keys[0].second);
    return;
  }
  command.text("OR ");
  any_of(command, keys.first(keys.size() / 2));
  command.text(" ");
  any_of(command, keys.subspan(keys.size() / 2));
}

// An upper bound of what one key adds to a command, literal announcements included.
std::size_t octets_for(std::string_view key, std::string_view value) {
  return key.size() + 2 * value.size() + 24;
}

// Asks for any of the keys, in as many commands as their length asks for: a value and its keys are
// never torn apart.
struct AnyOf {
  std::vector<std::string> values;
  std::vector<std::string> keys;  // each is asked for with every value
  std::string first;              // "SINCE 1-Jan-2026 "
  Duration time{0};               // that each command may take
};

Task<Result<Uids>> search_any(Engine& engine, Wire& wire, AnyOf wanted) {
  constexpr std::size_t kRest = 200;  // of a command around its values
  Found found(engine.limits().imap_search_results);
  for (std::size_t at = 0; at < wanted.values.size();) {
    std::vector<std::pair<std::string_view, std::string_view>> keys;
    bool ascii = true;
    for (std::size_t octets = kRest; at < wanted.values.size(); ++at) {
      const auto& value = wanted.values[at];
      for (const auto& key : wanted.keys) octets += octets_for(key, value);
      if (octets > engine.limits().imap_command_octets && !keys.empty()) break;
      ascii = ascii && is_ascii(value);
      for (const auto& key : wanted.keys) keys.emplace_back(key, value);
    }
    auto command = search_command(engine, found, (ascii ? "" : "CHARSET UTF-8 ") + wanted.first);
    command.budget.time = command.budget.silence = wanted.time;
    any_of(command, keys);
    auto asked = co_await ask(engine, wire, std::move(command), found);
    if (!asked) co_return Failure(asked.error());
  }
  co_return in_order(std::move(found.uids));
}

}  // namespace

Task<Result<Uids>> search(Engine& engine, Wire& wire, std::string criteria) {
  Found found(engine.limits().imap_search_results);
  auto asked = co_await ask(engine, wire, search_command(engine, found, criteria), found);
  if (!asked) co_return Failure(asked.error());
  co_return in_order(std::move(found.uids));
}

Task<Result<Uids>> search_header(Engine& engine, Wire& wire, std::string field,
                                 std::vector<std::string> values) {
  return search_any(
      engine, wire,
      {std::move(values), {"HEADER \"" + field + "\" "}, {}, engine.deadlines().imap_search});
}

Task<Result<Uids>> search_addresses(Engine& engine, Wire& wire, std::vector<std::string> addresses,
                                    Instant since, std::optional<UidRange> among) {
  std::string first;
  if (among)
    first = "UID " + std::to_string(among->first) + ":" + std::to_string(among->last) + " ";
  if (since.ms != 0) first += "SINCE " + write_date(since) + " ";
  return search_any(engine, wire,
                    {std::move(addresses),
                     {"FROM ", "TO ", "CC ", "BCC ", "HEADER REPLY-TO "},
                     std::move(first),
                     engine.deadlines().imap_search_addresses});
}

Task<Result<Uids>> fetch_uids(Engine& engine, Wire& wire) {
  Told told(engine.limits().imap_search_results);
  auto budget = searching(engine);
  budget.responses += engine.facts().exists;
  auto asked = co_await ask(engine, wire, Command("UID FETCH 1:* (UID)", budget, told), told);
  if (!asked) co_return Failure(asked.error());
  co_return in_order(std::move(told.uids));
}

}  // namespace hearback::protocols::imap
