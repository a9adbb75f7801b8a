#pragma once
// One connection of an HTTP client.
#include <memory>
#include <string>

#include "net/http_message.hpp"
#include "net/http_parser.hpp"
#include "net/http_server.hpp"

namespace hearback::net {

class HttpConnection {
 public:
  HttpConnection(HttpServer& server, std::shared_ptr<Channel> channel, Address peer,
                 HttpSeats::Place seat);

  ~HttpConnection() { server_.seats_.leave(seat_); }
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  Task<void> serve();

 private:
  friend class BodyStream;

  // What came of waiting for a request: one to handle, a status to answer and end, or nothing.
  struct Incoming {
    bool ready = false;
    std::optional<HttpResponse> refuse;
    HttpRequest request;
    bool keep_alive = false;
    bool version_11 = false;
  };
  Task<Incoming> receive();
  Task<int> receive_header(RequestParser& parser, Clock::time_point begin);
  Task<std::optional<HttpResponse>> receive_body(RequestParser& parser,
                                                 const RequestParser::Header& header,
                                                 const HttpRequest& head);
  Task<int> read_body(RequestParser& parser, std::size_t limit, bool room_kept);
  // By the rate that bodies keep.
  std::size_t due_in(Duration interval) const;
  Duration time_of(std::size_t octets) const;
  Task<void> answer_alone(HttpResponse response);  // one answer, and the end
  Task<Ready> fill(Clock::time_point deadline);    // more bytes into input_

  // What the answer needs to know of the request.
  struct Asked {
    bool head = false;
    bool version_11 = true;
    bool keep_alive = false;
  };
  // True: the connection may serve another request.
  Task<bool> respond(HttpResponse response, Asked asked);
  Task<bool> respond_streaming(HttpResponse response, Asked asked);
  // In pieces, each of which the client must take within the deadline of a request.
  Task<bool> send(std::string_view bytes);
  Task<void> linger();

  // Refuses an answer that there is no room for while it is sent: that may take its reader's time.
  HttpResponse within_bounds(HttpResponse response, const std::string& peer, bool may_be_done);
  void give_way();  // from here on, others may get this connection's place
  std::vector<char>& scratch() { return server_.core_->scratch(); }

  HttpServer& server_;
  std::shared_ptr<Channel> channel_;
  Address peer_;
  std::string input_;
  HttpSeats::Place seat_;
  HeldOctets body_, answer_;  // in memory: of the request, and of what is sent
  bool idle_ = true;          // between requests: may be closed at once
  bool streaming_ = false;
  std::size_t unread_ = 0;       // of a body that is refused: may be on its way
  unsigned steps_in_a_row_ = 0;  // reads and writes without a wait
  Core::Hook at_stop_;
};

}  // namespace hearback::net
