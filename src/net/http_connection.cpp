#include "net/http_connection.hpp"

#include <fmt/format.h>

#include "base/log.hpp"
#include "net/real_env.hpp"

namespace hearback::net {
namespace {

constexpr std::size_t kReadAtOnce = 64 * 1024;
constexpr std::size_t kWriteAtOnce = 64 * 1024;
constexpr std::size_t kReadAheadMax = 64 * 1024;  // of further requests, while a stream runs
constexpr unsigned kStepsInARow = 16;             // reads and writes, before others have their turn
constexpr std::size_t kLingerOctets = 1u << 20;
constexpr std::size_t kRefusedOctets = 64u << 20;  // of a body, that are read to be thrown away
constexpr Duration kLingerTime = 2s;
constexpr int kClosed = -1;  // in place of a status: there is nobody to answer

bool bodyless(int status) { return status == 204 || status == 304 || status < 200; }

Task<HttpResponse> handle_safely(HttpHandler& handler, HttpRequest request) {
  try {
    co_return co_await handler.handle(std::move(request));
  } catch (const std::exception&) {
    // What it says may hold data of persons: only that it happened is written down.
    log::error("http.handler-threw");
  }
  co_return problem(500);
}

Task<BodyRoom> room_safely(HttpHandler& handler, const HttpRequest& head,
                           std::optional<std::uint64_t> length) {
  try {
    co_return co_await handler.body_room(head, length);
  } catch (const std::exception&) {
    log::error("http.handler-threw");
  }
  co_return BodyRoom{.octets = 0, .shares = {}, .refusal = problem(500)};
}

}  // namespace

// A body that comes bit by bit. Reading goes on beside it only to notice the reader's end.
class BodyStream final : public HttpStream {
 public:
  BodyStream(HttpConnection& connection, bool chunked, std::optional<std::uint64_t> length)
      : connection_(connection), channel_(connection.channel_), chunked_(chunked), due_(length) {
    channel_->watch_read([this] { look(); });
  }
  ~BodyStream() override { channel_->watch_read({}); }

  Task<bool> write(std::string bytes) override {
    if (gone()) co_return false;
    if (bytes.empty()) co_return true;
    if (due_ && bytes.size() > *due_) {
      log::error("http.longer-than-said");
      channel_->close();
      co_return false;
    }
    if (due_) *due_ -= bytes.size();
    if (chunked_) {
      bytes.insert(0, fmt::format("{:x}\r\n", bytes.size()));
      bytes += "\r\n";
    }
    if (!co_await connection_.send(bytes)) channel_->close();
    co_return !gone();
  }
  bool gone() const override { return channel_->closed(); }
  bool is_whole() const { return due_.value_or(0) == 0; }

 private:
  void look() {
    auto& scratch = connection_.scratch();
    auto io = channel_->try_read(scratch.data(), kReadAtOnce);
    if (io.state == Channel::Io::end) return channel_->close();
    if (io.state == Channel::Io::done) connection_.input_.append(scratch.data(), io.size);
    if (connection_.input_.size() > kReadAheadMax) channel_->watch_read({});
  }

  HttpConnection& connection_;
  std::shared_ptr<Channel> channel_;
  bool chunked_;
  std::optional<std::uint64_t> due_;
};

HttpConnection::HttpConnection(HttpServer& server, std::shared_ptr<Channel> channel, Address peer,
                               HttpSeats::Place seat)
    : server_(server),
      channel_(std::move(channel)),
      peer_(peer),
      seat_(seat),
      body_(server.bodies_),
      answer_(server.answers_),
      at_stop_(*server.core_, [this](bool cut) {
        if (cut || idle_ || streaming_) channel_->close();
      }) {}

Task<void> HttpConnection::serve() {
  if (server_.tls_ && !channel_->closed()) {
    auto ssl = make_server(server_.tls_.get(), channel_->fd());
    if (co_await channel_->start_tls(std::move(ssl), "", after(server_.tls_deadline_))) co_return;
  }
  while (!channel_->closed()) {
    auto incoming = co_await receive();
    if (incoming.refuse) {
      idle_ = false;
      body_.release();  // nothing of it is kept
      co_await answer_alone(std::move(*incoming.refuse));
      co_return;
    }
    if (!incoming.ready) break;
    Asked asked{incoming.request.method == "HEAD", incoming.version_11, incoming.keep_alive};
    const auto peer = incoming.request.peer;
    const bool reads = asked.head || incoming.request.method == "GET";
    auto response = co_await handle_safely(server_.handler_, std::move(incoming.request));
    body_.release();
    seat_->party = std::move(response.reader);
    if (response.shares.empty()) give_way();  // a stranger may take their time to read it
    response = within_bounds(std::move(response), peer, !reads);
    if (server_.core_->stopping()) asked.keep_alive = false;
    const bool goes_on = co_await respond(std::move(response), asked);
    answer_.release();
    if (!goes_on) break;
  }
  co_await linger();
}

HttpResponse HttpConnection::within_bounds(HttpResponse response, const std::string& peer,
                                           bool may_be_done) {
  if (response.stream || response.body.size() <= kWriteAtOnce) return response;
  const auto& limits = server_.limits_;
  if (response.shares.empty())
    response.shares = {{"visitors", limits.http_answers_of_visitors},
                       {"network " + network_of(peer), limits.http_answers_of_network}};
  answer_.stand_for(std::move(response.shares));
  return answer_.take(response.body.size()) ? std::move(response)
                                            : come_again(may_be_done && response.status < 400);
}

Task<void> HttpConnection::answer_alone(HttpResponse response) {
  co_await respond(std::move(response), {});
  co_await linger();
}

void HttpConnection::give_way() {
  seat_->waiting = true;
  seat_->party.clear();
  seat_->since = Clock::now();
}

Task<Ready> HttpConnection::fill(Clock::time_point deadline) {
  // A peer that never pauses neither keeps the others waiting nor outlives its deadline.
  if (++steps_in_a_row_ % kStepsInARow == 0) {
    co_await let_others_go_first(server_.core_);
    if (Clock::now() >= deadline) co_return Ready::timed_out;
  }
  for (;;) {
    auto& scratch = this->scratch();
    auto io = channel_->try_read(scratch.data(), kReadAtOnce);
    if (io.state == Channel::Io::end) co_return Ready::closed;
    if (io.state == Channel::Io::done) {
      input_.append(scratch.data(), io.size);
      co_return Ready::yes;
    }
    steps_in_a_row_ = 0;
    auto ready = co_await channel_->until(io.direction(), deadline);
    if (ready != Ready::yes) co_return ready;
  }
}

Task<HttpConnection::Incoming> HttpConnection::receive() {
  Incoming incoming;
  auto refused = [&incoming](int status) {
    if (status > 0) incoming.refuse = problem(status);
    return status != 0;
  };
  if (!input_.empty()) co_await let_others_go_first(server_.core_);  // it asked for more at once
  idle_ = true;
  give_way();
  if (server_.core_->stopping()) co_return incoming;
  if (input_.empty() && co_await fill(after(server_.options_.idle)) != Ready::yes)
    co_return incoming;
  idle_ = false;
  RequestParser parser(server_.limits_.http_header_octets);
  if (refused(co_await receive_header(parser, after(server_.request_deadline_))))
    co_return incoming;
  seat_->waiting = false;
  RequestParser::Header header;
  if (refused(parser.take_header(header))) co_return incoming;
  auto target = parse_target(header.target);
  if (!target && refused(400)) co_return incoming;
  auto& request = incoming.request;
  request.method = std::move(header.method);
  request.headers = std::move(header.fields);
  set_origin(request, peer_, channel_->secure(), server_.options_.trusted_proxies);
  // RFC 9110 section 7.4: what is for https must have come over it.
  if (target->https && !request.secure && refused(421)) co_return incoming;
  set_target(request, std::move(*target));
  if (header.has_body) {
    incoming.refuse = co_await receive_body(parser, header, request);
    if (incoming.refuse || channel_->closed()) co_return incoming;
    request.body = parser.take_body();
  }
  incoming.keep_alive = header.keep_alive;
  incoming.version_11 = header.version_11;
  incoming.ready = true;
  co_return incoming;
}

Task<int> HttpConnection::receive_header(RequestParser& parser, Clock::time_point deadline) {
  for (;;) {
    if (int status = parser.put_header(input_)) co_return status;
    if (parser.header_done()) co_return 0;
    if (input_.size() > server_.limits_.http_header_octets + kReadAtOnce) co_return 431;
    auto ready = co_await fill(deadline);
    if (ready == Ready::timed_out) co_return 408;
    if (ready != Ready::yes) co_return kClosed;
  }
}

Task<std::optional<HttpResponse>> HttpConnection::receive_body(RequestParser& parser,
                                                               const RequestParser::Header& header,
                                                               const HttpRequest& head) {
  auto room = co_await room_safely(server_.handler_, head, header.content_length);
  if (header.content_length.value_or(kRefusedOctets) <= kRefusedOctets)
    unread_ = header.content_length.value_or(kRefusedOctets);
  if (room.refusal) co_return std::move(room.refusal);
  if (header.content_length && *header.content_length > room.octets) co_return problem(413);
  body_.stand_for(std::move(room.shares));
  // Room for the whole body, where its length and its sender are known: else bodies that don't fit
  // together would all begin, and all be refused in their midst. What strangers announce keeps
  // nothing from others: theirs counts as it comes.
  const bool room_kept = header.content_length && !room.stranger;
  if (room_kept && !body_.take(*header.content_length)) co_return come_again();
  if (header.expects_continue && input_.empty() && !co_await send("HTTP/1.1 100 Continue\r\n\r\n"))
    channel_->close();
  seat_->party = std::move(room.sender);
  if (room.stranger) give_way();
  int status = co_await read_body(parser, room.octets, room_kept);
  seat_->waiting = false;
  if (status == 0 || status == 408) unread_ = 0;
  if (status == 503) co_return come_again();
  if (status > 0) co_return problem(status);
  if (status == kClosed) channel_->close();
  co_return std::nullopt;
}

std::size_t HttpConnection::due_in(Duration interval) const {
  const auto octets =
      server_.limits_.http_body_rate * static_cast<std::size_t>(interval.count()) / 1000;
  return std::max<std::size_t>(octets, 1);
}

Duration HttpConnection::time_of(std::size_t octets) const {
  const auto rate = std::max<std::size_t>(server_.limits_.http_body_rate, 1);
  return Duration(static_cast<std::int64_t>(octets * 1000 / rate));
}

// A body may take its time, but in each interval its share must come: what was sent fast earns no
// silence later. What frames it (chunks of one octet) may not stretch it beyond its time either.
Task<int> HttpConnection::read_body(RequestParser& parser, std::size_t limit, bool room_kept) {
  parser.set_body_limit(limit);
  const auto interval = server_.request_deadline_;
  const auto due = due_in(interval);
  const auto end = after(interval + time_of(limit));
  auto deadline = std::min(end, after(interval));
  if (!room_kept && !body_.take(input_.size())) co_return 503;  // what came along with the header
  for (std::size_t came = 0;;) {
    if (int status = parser.put_body(input_)) co_return status;
    if (parser.done()) co_return 0;
    const auto before = input_.size();
    const auto ready = co_await fill(deadline);
    if (ready == Ready::timed_out) co_return 408;
    if (ready != Ready::yes) co_return kClosed;
    const auto more = input_.size() - before;
    if (!room_kept && !body_.take(more)) co_return 503;
    if ((came += more) < due) continue;
    came = 0;
    deadline = std::min(end, after(interval));
  }
}

Task<bool> HttpConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    if (++steps_in_a_row_ % kStepsInARow == 0) co_await let_others_go_first(server_.core_);
    auto piece = bytes.substr(0, kWriteAtOnce);
    if (co_await channel_->write_all(piece, after(server_.request_deadline_)) != Ready::yes)
      co_return false;
    bytes.remove_prefix(piece.size());
  }
  co_return true;
}

Task<bool> HttpConnection::respond(HttpResponse response, Asked asked) {
  if (response.status < 200 || response.status > 599) response = problem(500);
  if (response.stream && !bodyless(response.status))
    co_return co_await respond_streaming(std::move(response), asked);
  auto framing = bodyless(response.status) ? Framing::none : Framing::length;
  auto head = response_head(response, framing, asked.keep_alive);
  bool with_body = framing == Framing::length && !asked.head;
  if (with_body && response.body.size() <= kWriteAtOnce) {  // one packet where one will do
    head += response.body;
    with_body = false;
  }
  if (!co_await send(head)) co_return false;
  if (with_body && !co_await send(response.body)) co_return false;
  co_return asked.keep_alive;
}

Task<bool> HttpConnection::respond_streaming(HttpResponse response, Asked asked) {
  auto framing = response.length    ? Framing::length
                 : asked.version_11 ? Framing::chunked
                                    : Framing::until_close;
  if (framing == Framing::until_close) asked.keep_alive = false;
  if (!co_await send(response_head(response, framing, asked.keep_alive))) co_return false;
  if (asked.head) co_return asked.keep_alive;
  {
    BodyStream stream(*this, framing == Framing::chunked, response.length);
    streaming_ = !response.length;
    if (streaming_ && server_.core_->stopping()) channel_->close();
    co_await response.stream(stream);
    streaming_ = false;
    if (stream.gone()) co_return false;
    if (!stream.is_whole()) {
      channel_->close();
      co_return false;
    }
  }
  if (framing == Framing::chunked && !co_await send("0\r\n\r\n")) co_return false;
  co_return asked.keep_alive;
}

// Closing with unread input makes the system reset the connection, and the client may lose the
// answer. So its input is read on for a moment; the rest of a refused body, which most clients send
// whole before they read, as long as it keeps its rate. None of it is kept, and whoever needs the
// place gets it.
Task<void> HttpConnection::linger() {
  idle_ = true;  // a stop needn't wait for this
  give_way();
  channel_->close_write();
  const bool in_a_hurry = server_.core_->stopping();
  auto deadline = after(in_a_hurry ? 0ms : kLingerTime);
  const auto end = in_a_hurry || unread_ == 0 ? deadline : after(kLingerTime + time_of(unread_));
  const auto most = std::max(kLingerOctets, unread_);
  const auto due = due_in(kLingerTime);
  for (std::size_t seen = 0, came = 0; seen < most;) {
    input_.clear();
    if (co_await fill(deadline) != Ready::yes) break;
    seen += input_.size();
    if ((came += input_.size()) < due) continue;
    came = 0;
    deadline = std::min(end, after(kLingerTime));
  }
  channel_->close();
}

}  // namespace hearback::net
