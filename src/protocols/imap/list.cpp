#include "protocols/imap/list.hpp"

#include <map>

#include "base/text.hpp"

namespace hearback::protocols::imap {
namespace {

bool is_inbox(std::string_view wire_name) { return ascii_equal(wire_name, "INBOX"); }

// Where a mailbox's own folders end and those of others begin (RFC 2342).
class NameSpaces final : public Listener {
 public:
  explicit NameSpaces(const Limits& limits) : limits_(limits) {}

  void name_space(std::string_view rest) override {
    spaces_.clear();
    Lexer lexer(rest, limits_.imap_nesting);
    for (bool own : {true, false, false}) {
      lexer.skip_spaces();
      if (lexer.take('(')) {
        read_spaces(lexer, own);
      } else if (!lexer.string()) {  // NIL
        return;
      }
    }
  }

  // The longest prefix decides; where two are equal, the own one. A root without its delimiter
  // ("Shared Folders") belongs to what lies below it.
  bool own(std::string_view wire_name) const {
    if (is_inbox(wire_name)) return true;
    const Space* nearest = nullptr;
    for (const auto& space : spaces_)
      if (below(wire_name, space.prefix) &&
          (!nearest || space.prefix.size() > nearest->prefix.size() ||
           (space.prefix.size() == nearest->prefix.size() && space.own)))
        nearest = &space;
    return !nearest || nearest->own;
  }

 private:
  struct Space {
    std::string prefix;
    bool own;
  };

  static bool below(std::string_view name, std::string_view prefix) {
    if (prefix.empty()) return true;
    // "INBOX" is one name however it is written, at the beginning of others too.
    bool same = name.size() >= prefix.size() && ascii_equal(name.substr(0, 5), "INBOX")
                    ? ascii_equal(name.substr(0, prefix.size()), prefix)
                    : name.starts_with(prefix);
    return same || name == prefix.substr(0, prefix.size() - 1);
  }

  // `(("" "/")("#mh/" "/" "X-PARAM" ("a")))`, behind its first parenthesis.
  void read_spaces(Lexer& lexer, bool own) {
    for (lexer.skip_spaces(); lexer.take('('); lexer.skip_spaces()) {
      auto prefix = lexer.string();
      if (prefix && !prefix->too_large && spaces_.size() < limits_.imap_nesting)
        spaces_.push_back({prefix->copy(), own});
      for (lexer.skip_spaces(); !lexer.take(')'); lexer.skip_spaces())
        if (lexer.at_end() || !lexer.skip_value()) return;
    }
    lexer.take(')');
  }

  const Limits& limits_;
  std::vector<Space> spaces_;
};

// What LIST says, each folder once: some servers repeat themselves.
class Folders final : public Listener {
 public:
  Folders(const NameSpaces& spaces, const Limits& limits) : spaces_(spaces), limits_(limits) {}

  void list(ListedFolder folder) override {
    if (!spaces_.own(folder.wire_name)) return;
    // XLIST shows a translated name, but only the one of the standard opens it everywhere.
    if (folder.attributes.contains("\\inbox") && !is_inbox(folder.wire_name))
      folder.name = folder.wire_name = "INBOX";
    auto key = is_inbox(folder.wire_name) ? std::string("INBOX") : folder.wire_name;
    auto known = place_.find(key);
    if (known != place_.end()) return merge(folders_[known->second], folder);
    if (folders_.size() >= limits_.imap_folders) {
      too_many = true;
      return;
    }
    place_.emplace(std::move(key), folders_.size());
    folders_.push_back(std::move(folder));
  }

  // INBOX always exists (RFC 9051 section 5.1), whether or not it was listed.
  std::vector<ListedFolder> all() && {
    if (!place_.contains("INBOX")) {
      ListedFolder inbox;
      inbox.name = inbox.wire_name = "INBOX";
      if (!folders_.empty()) inbox.delimiter = folders_.front().delimiter;
      folders_.insert(folders_.begin(), std::move(inbox));
    }
    return std::move(folders_);
  }

  bool too_many = false;

 private:
  void merge(ListedFolder& known, ListedFolder& again) const {
    while (!again.attributes.empty() && known.attributes.size() < limits_.imap_attributes)
      known.attributes.insert(again.attributes.extract(again.attributes.begin()));
  }

  const NameSpaces& spaces_;
  const Limits& limits_;
  std::vector<ListedFolder> folders_;
  std::map<std::string, std::size_t, std::less<>> place_;
};

Budget listing(const Engine& engine) {
  auto budget = engine.ordinary();
  budget.octets = engine.limits().imap_list_octets;
  return budget;
}

// The ways to ask, best first; a server may offer one and not understand it.
std::vector<std::string> ways_to_list(const Engine& engine) {
  bool special = engine.has("SPECIAL-USE");
  bool extended = engine.has("IMAP4REV2") || (special && engine.has("LIST-EXTENDED"));
  std::vector<std::string> ways;
  if (extended) ways.push_back("LIST \"\" \"*\" RETURN (SPECIAL-USE)");
  ways.push_back(!special && engine.has("XLIST") ? "XLIST \"\" \"*\"" : "LIST \"\" \"*\"");
  return ways;
}

// Without the answer nobody knows whose folders LIST names: a server that can't give it just now
// isn't asked further (S-15).
Task<Result<>> ask_name_spaces(Engine& engine, Wire& wire, NameSpaces& spaces) {
  if (!engine.has("NAMESPACE") && !engine.has("IMAP4REV2")) co_return engine.usable();
  auto answer = co_await engine.run(wire, Command("NAMESPACE", engine.ordinary(), spaces));
  if (!answer) co_return Failure(answer.error());
  if (!answer->ok() && (is_throttled(*answer) || is_unavailable(*answer)))
    co_return Failure(refused(*answer));
  co_return Result<>{};
}

}  // namespace

Task<Result<std::vector<ListedFolder>>> list_folders(Engine& engine, Wire& wire) {
  NameSpaces spaces(engine.limits());
  auto known = co_await ask_name_spaces(engine, wire, spaces);
  if (!known) co_return Failure(known.error());
  std::optional<Error> refusal;
  for (auto& way : ways_to_list(engine)) {
    Folders found(spaces, engine.limits());
    auto answer = co_await engine.run(wire, Command(std::move(way), listing(engine), found));
    if (!answer) co_return Failure(answer.error());
    if (found.too_many) co_return Failure(too_many_folders());
    if (answer->ok()) co_return std::move(found).all();
    refusal = refused(*answer);
    if (is_throttled(*answer) || is_unavailable(*answer)) break;
  }
  co_return Failure(*refusal);
}

}  // namespace hearback::protocols::imap
