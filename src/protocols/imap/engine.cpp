#include "protocols/imap/engine.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace hearback::protocols::imap {
namespace {

constexpr std::size_t kWriteOctets = 256 * 1024;
// RFC 9051 section 4: what LITERAL- allows without waiting.
constexpr std::size_t kLiteralMinus = 4096;
constexpr std::size_t kLongestQuoted = 1000;

bool quotable(std::string_view bytes) {
  return bytes.size() <= kLongestQuoted && std::all_of(bytes.begin(), bytes.end(), [](char c) {
           return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F;
         });
}

std::uint64_t tag_number(std::string_view tag) {
  if (tag.size() < 2 || (tag[0] != 'H' && tag[0] != 'h')) return 0;
  return to_number(tag.substr(1)).value_or(0);
}

}  // namespace

Command& Command::text(std::string_view bytes) {
  if (pieces_.back().is_literal) pieces_.push_back({});
  pieces_.back().text += bytes;
  return *this;
}

Command& Command::string(std::string_view bytes) {
  if (!quotable(bytes)) {
    pieces_.push_back({std::string(bytes), true, {}});
    return *this;
  }
  std::string quoted = "\"";
  for (char c : bytes) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return text(quoted + "\"");
}

Command& Command::literal(std::string_view bytes) {
  pieces_.push_back({{}, true, bytes});
  return *this;
}

Engine::Engine(const Limits& l, const Deadlines& d) : limits(l), deadlines(d) { expect_ordinary(); }

std::string Engine::tag_text(std::uint64_t tag) { return "H" + std::to_string(tag); }

bool Engine::has(std::string_view capability) const {
  return capabilities.find(capability) != capabilities.end();
}

Result<> Engine::usable() const {
  if (broken_) return Failure(closed());
  return {};
}

Failure Engine::give_up(Error error) {
  broken_ = error;
  buffer.clear();
  folder.clear();
  return Failure(std::move(error));
}

void Engine::remember(const Response& response) {
  answer = to_valid_utf8(utf8_prefix(response.text, 500));
  backoff = suggested_backoff(response.text);
}

void Engine::take_capabilities(std::string_view names) {
  ++capabilities_told;
  capabilities.clear();
  for (auto name : split(names, ' '))
    if (name = trim(name); !name.empty()) {
      std::string upper(name);
      for (char& c : upper)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
      capabilities.insert(std::move(upper));
    }
}

void Engine::take_code(const Response& response) {
  auto number = Lexer(response.arguments).number();
  auto small = static_cast<std::uint32_t>(std::min<std::uint64_t>(number.value_or(0), UINT32_MAX));
  if (ascii_equal(response.code, "CAPABILITY")) take_capabilities(response.arguments);
  if (ascii_equal(response.code, "UIDVALIDITY") && number) facts.uid_validity = small;
  if (ascii_equal(response.code, "UIDNEXT") && number) facts.uid_next = small;
  if (ascii_equal(response.code, "HIGHESTMODSEQ") && number) facts.highest_modseq = *number;
  if (ascii_equal(response.code, "NOMODSEQ")) facts.highest_modseq = 0;
}

void Engine::take_status(const Response& response) {
  take_code(response);
  if (response.status == Status::bye) {
    said_bye_ = true;
    last_words = {0, Status::bye, std::string(response.code), std::string(response.arguments),
                  std::string(response.text)};
  }
  if (response.status == Status::ok) ++keep_alives;
  if (response.status == Status::bad || response.status == Status::bye) remember(response);
}

void Engine::take_numbered(const Response& response, Listener& listener) {
  if (ascii_equal(response.word, "FETCH")) {
    listener.fetch(read_fetch(response.number, response.rest, limits.imap_nesting));
    ++keep_alives;
  } else if (ascii_equal(response.word, "EXISTS")) {
    if (facts.exists != response.number) ++changes;
    facts.exists = response.number;
  } else if (ascii_equal(response.word, "EXPUNGE")) {
    if (facts.exists > 0) --facts.exists;
    ++changes;
  }
}

void Engine::take_data(const Response& response, Listener& listener) {
  if (response.status != Status::none) return take_status(response);
  auto word = response.word;
  if (response.numbered) {
    take_numbered(response, listener);
  } else if (ascii_equal(word, "CAPABILITY")) {
    take_capabilities(response.rest);
  } else if (ascii_equal(word, "LIST") || ascii_equal(word, "XLIST")) {
    if (auto folder = read_list(response.rest, limits.imap_nesting))
      listener.list(std::move(*folder));
  } else if (ascii_equal(word, "STATUS")) {
    if (auto status = read_status(response.rest, limits.imap_nesting)) listener.status(*status);
  } else if (ascii_equal(word, "SEARCH")) {
    listener.search(response.rest);
  } else if (ascii_equal(word, "ESEARCH")) {
    listener.extended_search(response.rest);
  } else if (ascii_equal(word, "VANISHED")) {
    if (!ascii_starts_with(response.rest, "(EARLIER)")) ++changes;
  }
}

std::optional<Engine::Event> Engine::step(Listener& listener) {
  for (;;) {
    switch (buffer.frame()) {
      case ReceiveBuffer::Framed::more: return std::nullopt;
      case ReceiveBuffer::Framed::too_long: (void)give_up(malformed()); return std::nullopt;
      case ReceiveBuffer::Framed::ready: break;
    }
    auto response = read_response(buffer.response());
    std::optional<Event> event;
    switch (response.form) {
      case Response::Form::garbage: break;
      case Response::Form::data: take_data(response, listener); break;
      case Response::Form::go_ahead:
        challenge = response.rest;
        event = Event::go_ahead;
        break;
      case Response::Form::tagged:
        take_code(response);
        completion = {tag_number(response.tag), response.status, std::string(response.code),
                      std::string(response.arguments), std::string(response.text)};
        if (response.status != Status::ok) remember(response);
        event = Event::completion;
        break;
    }
    buffer.consume();
    if (said_bye_ && !expect_bye && !signing_in) {
      (void)give_up(bye(last_words));
      return std::nullopt;
    }
    if (event) return event;
  }
}

Task<Result<Engine::Event>> Engine::next(Wire& wire, Listener& listener) {
  for (;;) {
    if (broken_) co_return Failure(*broken_);
    auto event = step(listener);
    if (event) co_return *event;
    if (broken_) co_return Failure(*broken_);
    auto outcome = co_await wire.perform(Read{.deadline = deadlines.imap_answer});
    if (outcome.error) {
      bool tls = outcome.error->code.starts_with("tls.");
      co_return give_up(said_bye_ ? bye(last_words) : tls ? *outcome.error : closed());
    }
    if (outcome.timed_out || outcome.bytes.empty()) co_return give_up(timed_out());
    buffer.append(outcome.bytes);
  }
}

Task<Result<>> Engine::write(Wire& wire, std::string bytes) {
  auto outcome =
      co_await wire.perform(Write{.bytes = std::move(bytes), .deadline = deadlines.imap_answer});
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

Task<Result<Completion>> Engine::run(Wire& wire, Command command, Listener& listener) {
  if (auto ready = usable(); !ready) co_return Failure(ready.error());
  auto tag = take_tag();
  std::string out = tag_text(tag) + " ";
  for (const auto& piece : command.pieces()) {
    if (!piece.is_literal) {
      out += piece.text;
      continue;
    }
    std::string_view bytes = piece.text.empty() ? piece.literal : std::string_view(piece.text);
    bool at_once =
        has("LITERAL+") || ((has("LITERAL-") || has("IMAP4REV2")) && bytes.size() <= kLiteralMinus);
    out += "{" + std::to_string(bytes.size()) + (at_once ? "+}\r\n" : "}\r\n");
    if (!at_once) {
      auto written = co_await write(wire, std::exchange(out, {}));
      if (!written) co_return Failure(written.error());
      auto event = co_await next(wire, listener);
      if (!event) co_return Failure(event.error());
      if (*event == Event::completion) {
        if (completion.tag == tag && !completion.ok()) co_return completion;
        co_return give_up(malformed());
      }
    }
    auto written = co_await write_pieces(wire, std::exchange(out, {}), bytes);
    if (!written) co_return Failure(written.error());
  }
  auto written = co_await write(wire, out + "\r\n");
  if (!written) co_return Failure(written.error());
  for (;;) {
    auto event = co_await next(wire, listener);
    if (!event) co_return Failure(event.error());
    if (*event == Event::completion && completion.tag == tag) co_return completion;
  }
}

Task<Result<>> Engine::run_batch(Wire& wire, Batch& batch) {
  if (auto ready = usable(); !ready) co_return ready;
  std::vector<std::pair<std::uint64_t, std::size_t>> on_wire;  // tag, index
  std::optional<Error> failure;
  std::size_t asked = 0;
  const std::size_t window = std::max<std::size_t>(limits.scan_in_flight, 1);
  for (bool asking = true;;) {
    std::string out;
    while (asking && asked < batch.size() && on_wire.size() < window) {
      auto tag = take_tag();
      out += tag_text(tag) + " " + batch.command(asked) + "\r\n";
      on_wire.emplace_back(tag, asked++);
    }
    if (!out.empty()) {
      auto written = co_await write(wire, std::move(out));
      if (!written) co_return written;
    }
    if (on_wire.empty()) break;
    auto event = co_await next(wire, batch);
    if (!event) co_return Failure(event.error());
    if (*event != Event::completion) continue;
    auto found = std::find_if(on_wire.begin(), on_wire.end(),
                              [&](auto& entry) { return entry.first == completion.tag; });
    if (found == on_wire.end()) continue;
    auto index = found->second;
    on_wire.erase(found);
    if (completion.ok()) {
      asking = batch.finished(index) && asking;
    } else {
      if (!failure) failure = refused(completion);
      asking = false;
    }
  }
  if (failure) co_return Failure(*failure);
  if (auto error = batch.failure()) co_return Failure(*error);
  co_return Result<>{};
}

}  // namespace hearback::protocols::imap
