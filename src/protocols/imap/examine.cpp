#include "protocols/imap/examine.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace hearback::protocols::imap {
namespace {

// Under the name asked for, or else, because servers spell names in several ways, the last one.
class StatusAnswer final : public Listener {
 public:
  explicit StatusAnswer(std::string_view wire_name) : wire_name_(wire_name) {}
  // Between question and answer the server may tell of it by itself, and then not everything.
  void status(const FolderStatus& told) override {
    const bool same = asks_status_of(told.wire_name);
    if (!same && exact_) return;
    const FolderFacts before = same && exact_ ? *facts : FolderFacts{};
    facts = told;
    if (facts->uid_validity == 0) facts->uid_validity = before.uid_validity;
    facts->uid_next =
        std::max(facts->uid_next, facts->uid_validity == before.uid_validity ? before.uid_next : 0);
    exact_ = exact_ || same;
  }
  bool asks_status_of(std::string_view wire_name) const override {
    return ascii_equal(wire_name, wire_name_);
  }
  std::optional<FolderFacts> facts;

 private:
  std::string_view wire_name_;
  bool exact_ = false;
};

}  // namespace

Task<Result<FolderFacts>> examine_folder(Engine& engine, Wire& wire, std::string wire_name) {
  engine.folder_closed();
  Command command("EXAMINE ", engine.ordinary());
  auto answer = co_await engine.run(wire, std::move(command.string(wire_name)));
  if (!answer) co_return Failure(answer.error());
  if (!answer->ok()) {
    engine.folder_closed();
    co_return Failure(folder_refused(*answer));
  }
  engine.folder_open(std::move(wire_name));
  co_return engine.facts();
}

Task<Result<FolderFacts>> ask_status(Engine& engine, Wire& wire, std::string wire_name) {
  StatusAnswer told(wire_name);
  Command command("STATUS ", engine.ordinary(), told);
  command.string(wire_name).text(" (MESSAGES UIDNEXT UIDVALIDITY)");
  auto answer = co_await engine.run(wire, std::move(command));
  if (!answer) co_return Failure(answer.error());
  if (!answer->ok()) co_return Failure(folder_refused(*answer));
  if (!told.facts) co_return Failure(malformed());
  co_return *told.facts;
}

// UNSELECT (RFC 3691), else CLOSE, which removes nothing from a folder that EXAMINE opened
// (RFC 9051 section 6.4.1).
Task<Result<>> leave_folder(Engine& engine, Wire& wire) {
  auto word = engine.has("UNSELECT") || engine.has("IMAP4REV2") ? "UNSELECT" : "CLOSE";
  auto answer = co_await engine.run(wire, Command(word, engine.ordinary()));
  if (!answer) co_return Failure(answer.error());
  if (!answer->ok()) co_return Failure(refused(*answer));
  engine.folder_closed();
  co_return Result<>{};
}

}  // namespace hearback::protocols::imap
