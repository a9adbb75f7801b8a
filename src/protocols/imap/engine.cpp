#include "protocols/imap/engine.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace hearback::protocols::imap {
namespace {

constexpr std::size_t kWriteOctets = 256 * 1024;
// RFC 9051 section 4: what LITERAL- allows without waiting.
constexpr std::size_t kLiteralMinus = 4096;
// Tagged answers and continuations that nobody waits for: a few are odd, many are an attack.
constexpr int kStrays = 16;

std::string tag_text(std::uint64_t tag) { return "H" + std::to_string(tag); }

std::uint64_t tag_number(std::string_view tag) {
  if (tag.size() < 2 || (tag[0] != 'H' && tag[0] != 'h')) return 0;
  return to_number(tag.substr(1)).value_or(0);
}

}  // namespace

Engine::Engine(const Limits& limits, const Deadlines& deadlines)
    : limits_(limits), deadlines_(deadlines), left_(ordinary()) {
  buffer_.set_limits(left_.line_octets, left_.literal_octets);
}

Budget Engine::ordinary() const {
  return {.time = deadlines_.imap_command,
          .silence = deadlines_.imap_answer,
          .octets = limits_.imap_answer_octets,
          .responses = limits_.imap_answer_responses,
          .line_octets = limits_.imap_line_octets,
          .literal_octets = limits_.imap_line_octets};
}

// ---- what the server told -----------------------------------------------------------------

bool Engine::has(std::string_view capability) const {
  return capabilities_.find(capability) != capabilities_.end();
}

Result<> Engine::usable() const {
  if (broken_) return Failure(closed());
  return {};
}

Failure Engine::give_up(Error error) {
  broken_ = error;
  buffer_.clear();
  folder_.clear();
  return Failure(std::move(error));
}

void Engine::folder_closed() {
  folder_.clear();
  facts_ = {};
}

void Engine::folder_open(std::string wire_name) {
  folder_ = std::move(wire_name);
  if (ascii_equal(folder_, listened_)) known_of_listened_ = facts_;
}

void Engine::listen_for(std::string wire_name) {
  listened_ = std::move(wire_name);
  known_of_listened_ = {};
}

// Servers repeat themselves, and tell as well what was removed or read: news is that more has come.
void Engine::take_folder_status(const FolderStatus& told) {
  const bool asked = listener_->asks_status_of(told.wire_name);
  if (asked || !ascii_equal(told.wire_name, listened_)) {
    listener_->status(told);
    if (!asked || !ascii_equal(told.wire_name, listened_)) return;
  }
  auto& known = known_of_listened_;
  const bool anew = told.uid_validity && told.uid_validity != known.uid_validity;
  const bool more = told.uid_next ? told.uid_next != known.uid_next : told.exists > known.exists;
  if (!asked && (anew || more)) ++heard_elsewhere_;
  known.exists = told.exists;
  if (told.uid_validity) known.uid_validity = told.uid_validity;
  if (told.uid_next) known.uid_next = told.uid_next;
}

void Engine::remember(const Response& response) { backoff_ = suggested_backoff(response.text); }

void Engine::forget_words() { backoff_.reset(); }

void Engine::take_capabilities(std::string_view names) {
  ++capabilities_told_;
  capabilities_.clear();
  while (!names.empty() && capabilities_.size() < limits_.imap_capabilities) {
    auto end = std::min(names.find(' '), names.size());
    auto name = trim(names.substr(0, end));
    names.remove_prefix(std::min(end + 1, names.size()));
    if (name.empty()) continue;
    std::string upper(name);
    for (char& c : upper)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    capabilities_.insert(std::move(upper));
  }
}

void Engine::take_code(const Response& response) {
  auto number = Lexer(response.arguments).number();
  auto small = static_cast<std::uint32_t>(std::min<std::uint64_t>(number.value_or(0), UINT32_MAX));
  if (ascii_equal(response.code, "CAPABILITY")) take_capabilities(response.arguments);
  if (ascii_equal(response.code, "UIDVALIDITY") && number) facts_.uid_validity = small;
  if (ascii_equal(response.code, "UIDNEXT") && number) facts_.uid_next = small;
  // From here on the server tells nothing, as after NOTIFY NONE (RFC 5465 section 5.8).
  if (ascii_equal(response.code, "NOTIFICATIONOVERFLOW") && !listened_.empty()) {
    listen_for({});
    ++heard_elsewhere_;
  }
}

void Engine::take_status(const Response& response) {
  take_code(response);
  if (response.status == Status::bye) {
    said_bye_ = true;
    last_words_ = {0, Status::bye, std::string(response.code), std::string(response.arguments),
                   std::string(response.text)};
  }
  if (response.status == Status::bad || response.status == Status::bye) remember(response);
}

void Engine::take_numbered(const Response& response) {
  if (ascii_equal(response.word, "FETCH")) {
    listener_->fetch(read_fetch(response.number, response.rest, limits_.imap_nesting));
  } else if (ascii_equal(response.word, "EXISTS")) {
    if (facts_.exists != response.number) ++changes_;
    facts_.exists = response.number;
  } else if (ascii_equal(response.word, "EXPUNGE")) {
    if (facts_.exists > 0) --facts_.exists;
    ++changes_;
  }
}

void Engine::take_data(const Response& response) {
  if (response.status != Status::none) return take_status(response);
  auto word = response.word;
  if (response.numbered) {
    take_numbered(response);
  } else if (ascii_equal(word, "CAPABILITY")) {
    take_capabilities(response.rest);
  } else if (ascii_equal(word, "LIST") || ascii_equal(word, "XLIST")) {
    if (auto listed = read_list(response.rest, limits_.imap_nesting, limits_.imap_attributes))
      listener_->list(std::move(*listed));
  } else if (ascii_equal(word, "STATUS")) {
    if (auto status = read_status(response.rest, limits_.imap_nesting)) take_folder_status(*status);
  } else if (ascii_equal(word, "NAMESPACE")) {
    listener_->name_space(response.rest);
  } else if (ascii_equal(word, "SEARCH")) {
    listener_->search(response.rest);
  } else if (ascii_equal(word, "ESEARCH")) {
    listener_->extended_search(response.rest);
  } else if (ascii_equal(word, "VANISHED")) {
    if (!ascii_starts_with(response.rest, "(EARLIER)")) ++changes_;
  }
}

// ---- reading ------------------------------------------------------------------------------

void Engine::allow(Wire& wire, const Budget& budget, Listener& listener) {
  left_ = budget;
  listener_ = &listener;
  buffer_.set_limits(budget.line_octets, budget.literal_octets);
  wire.allow(budget.time);
}

std::optional<Engine::Event> Engine::step() {
  while (!broken_) {
    switch (buffer_.frame()) {
      case ReceiveBuffer::Framed::more: return std::nullopt;
      case ReceiveBuffer::Framed::too_long: (void)give_up(malformed()); return std::nullopt;
      case ReceiveBuffer::Framed::ready: break;
    }
    if (left_.responses == 0) {
      (void)give_up(too_much());
      return std::nullopt;
    }
    --left_.responses;
    auto response = read_response(buffer_.response());
    std::optional<Event> event;
    switch (response.form) {
      case Response::Form::garbage: break;
      case Response::Form::data: take_data(response); break;
      case Response::Form::go_ahead:
        challenge_ = response.rest;
        event = Event::go_ahead;
        break;
      case Response::Form::tagged:
        take_code(response);
        completion_ = {tag_number(response.tag), response.status, std::string(response.code),
                       std::string(response.arguments), std::string(response.text)};
        if (response.status != Status::ok) remember(response);
        event = Event::completion;
        break;
    }
    buffer_.consume();
    if (said_bye_ && !expect_bye_ && !signing_in_) (void)give_up(bye(last_words_));
    if (event && !broken_) return event;
  }
  return std::nullopt;
}

bool Engine::take(const Outcome& outcome) {
  if (outcome.error) {
    bool tls = outcome.error->code.starts_with("tls.");
    (void)give_up(said_bye_ ? bye(last_words_) : tls ? *outcome.error : closed());
  } else if (outcome.timed_out || outcome.bytes.empty()) {
    (void)give_up(timed_out());
  } else if (outcome.bytes.size() > left_.octets) {
    (void)give_up(too_much());
  } else {
    left_.octets -= outcome.bytes.size();
    buffer_.append(outcome.bytes);
  }
  return !broken_;
}

Task<Result<Engine::Event>> Engine::next(Wire& wire) {
  for (;;) {
    auto event = step();
    if (broken_) co_return Failure(*broken_);
    if (event) co_return *event;
    if (!take(co_await wire.perform(Read{.deadline = left_.silence}))) co_return Failure(*broken_);
  }
}

Task<Result<Completion>> Engine::answer_to(Wire& wire, std::uint64_t tag) {
  for (int strays = 0; strays <= kStrays; ++strays) {
    auto event = co_await next(wire);
    if (!event) co_return Failure(event.error());
    if (*event == Event::completion && completion_.tag == tag) co_return completion_;
  }
  co_return give_up(malformed());
}

// ---- sending ------------------------------------------------------------------------------

Task<Result<>> Engine::write(Wire& wire, std::string bytes) {
  auto outcome =
      co_await wire.perform(Write{.bytes = std::move(bytes), .deadline = deadlines_.imap_answer});
  if (outcome.error) co_return give_up(closed());
  if (outcome.timed_out) co_return give_up(timed_out());
  co_return Result<>{};
}

// A large literal is written in parts, so that it never lies in memory twice.
Task<Result<>> Engine::write_pieces(Wire& wire, std::string bytes, std::string_view large) {
  for (;;) {
    auto part = large.substr(0, kWriteOctets - std::min(kWriteOctets - 1, bytes.size()));
    bytes += part;
    large.remove_prefix(part.size());
    if (large.empty() && bytes.empty()) co_return Result<>{};
    auto written = co_await write(wire, std::exchange(bytes, {}));
    if (!written || large.empty()) co_return written;
  }
}

bool Engine::literal_at_once(std::size_t octets) const {
  return has("LITERAL+") || ((has("LITERAL-") || has("IMAP4REV2")) && octets <= kLiteralMinus);
}

// True: the literal may follow. False: the command was answered already, with a refusal.
Task<Result<bool>> Engine::go_ahead(Wire& wire, std::uint64_t tag) {
  auto event = co_await next(wire);
  if (!event) co_return Failure(event.error());
  if (*event == Event::go_ahead) co_return true;
  if (completion_.tag == tag && !completion_.ok()) co_return false;
  co_return give_up(malformed());
}

Task<Result<Completion>> Engine::run(Wire& wire, Command command) {
  if (auto ready = usable(); !ready) co_return Failure(ready.error());
  allow(wire, command.budget, *command.listener);
  auto tag = next_tag_++;
  std::string out = tag_text(tag) + " ";
  for (const auto& piece : command.pieces()) {
    if (!piece.is_literal) {
      out += piece.text;
      continue;
    }
    auto bytes = piece.bytes();
    bool at_once = literal_at_once(bytes.size());
    out += "{" + std::to_string(bytes.size()) + (at_once ? "+}\r\n" : "}\r\n");
    if (!at_once) {
      auto written = co_await write(wire, std::exchange(out, {}));
      if (!written) co_return Failure(written.error());
      auto wanted = co_await go_ahead(wire, tag);
      if (!wanted) co_return Failure(wanted.error());
      if (!*wanted) co_return completion_;
    }
    auto written = co_await write_pieces(wire, std::exchange(out, {}), bytes);
    if (!written) co_return Failure(written.error());
  }
  auto written = co_await write(wire, out + "\r\n");
  if (!written) co_return Failure(written.error());
  co_return co_await answer_to(wire, tag);
}

Task<Result<std::uint64_t>> Engine::begin(Wire& wire, Command command) {
  if (auto ready = usable(); !ready) co_return Failure(ready.error());
  allow(wire, command.budget, *command.listener);
  auto tag = next_tag_++;
  auto written = co_await write(wire, tag_text(tag) + " " + command.pieces()[0].text + "\r\n");
  if (!written) co_return Failure(written.error());
  co_return tag;
}

namespace {

struct OnWire {
  std::uint64_t tag;
  std::size_t index;
};

Budget together(const std::vector<OnWire>& commands, const Batch& batch) {
  Budget sum;
  for (const auto& command : commands) sum += batch.budget(command.index);
  return sum;
}

}  // namespace

Task<Result<>> Engine::run_batch(Wire& wire, Batch& batch) {
  if (auto ready = usable(); !ready) co_return ready;
  std::vector<OnWire> on_wire;
  std::optional<Error> failure;
  std::size_t asked = 0;
  int strays = 0;
  for (;;) {
    std::string out;
    while (!failure) {
      auto command = batch.next(on_wire.size());
      if (!command) break;
      const auto tag = next_tag_++;
      out += tag_text(tag) + " " + *command + "\r\n";
      on_wire.push_back({tag, asked++});
    }
    if (on_wire.empty()) break;
    if (!out.empty()) {
      allow(wire, together(on_wire, batch), batch);
      auto written = co_await write(wire, std::move(out));
      if (!written) co_return written;
    }
    const auto event = step();
    if (broken_) co_return Failure(*broken_);
    if (!event) {
      if (!take(co_await wire.perform(Read{.deadline = left_.silence})))
        co_return Failure(*broken_);
      continue;
    }
    const auto found = *event == Event::completion
                           ? std::ranges::find(on_wire, completion_.tag, &OnWire::tag)
                           : on_wire.end();
    if (found == on_wire.end()) {
      if (++strays > kStrays) co_return give_up(malformed());
      continue;
    }
    const auto index = found->index;
    on_wire.erase(found);
    // Each answer renews what those that are left may cost.
    allow(wire, together(on_wire, batch), batch);
    if (completion_.ok())
      batch.finished(index);
    else if (auto error = fetch_refused(completion_); !batch.refused(index, error) && !failure)
      failure = std::move(error);
  }
  if (failure) co_return Failure(*failure);
  co_return Result<>{};
}

}  // namespace hearback::protocols::imap
