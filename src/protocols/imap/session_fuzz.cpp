// Random bytes as an IMAP server, against every verb in an order that the input chooses.
#include <cstdint>
#include <cstdlib>

#include "protocols/fuzz_server.hpp"
#include "protocols/imap/session.hpp"

namespace {

using namespace hearback;
using namespace hearback::protocols;

template <class T>
void check(const Result<T>& result) {
  if (!result && (result.error().code.empty() || result.error().what.empty())) std::abort();
}

void run_verb(imap::Session& session, FuzzServer& server) {
  auto task = [&](auto make) { check(server.play(Dialogue<Result<>>(make))); };
  std::size_t seen = 0;
  imap::Session::HeaderScan scan{{{1, 9}, {10, 20}, {21, 30}, {31, UINT32_MAX}},
                                 [&](const imap::HeaderItem& item) { seen += item.header.size(); },
                                 [](std::size_t range) { return range < 2; },
                                 {}};
  std::function<void(const imap::BodyItem&)> body = [&](const imap::BodyItem& item) {
    seen += item.raw.size();
  };
  switch (server.byte() % 17) {
    case 0: return task([&](Wire& w) { return session.start_tls(w, "imap.example"); });
    case 1: {
      auto user = server.word(), password = server.word();
      return task([&](Wire& w) { return session.sign_in(w, {user, password}); });
    }
    case 2:
      return check(server.play(Dialogue<Result<std::vector<imap::ListedFolder>>>(
          [&](Wire& w) { return session.list(w); })));
    case 3:
    case 4: {
      auto name = server.word();
      return check(server.play(
          Dialogue<Result<imap::FolderFacts>>([&](Wire& w) { return session.examine(w, name); })));
    }
    case 5:
      return check(server.play(
          Dialogue<Result<imap::FolderFacts>>([&](Wire& w) { return session.status(w, "x"); })));
    case 6:
      return check(server.play(Dialogue<Result<std::vector<std::uint32_t>>>(
          [&](Wire& w) { return session.search_since(w, Instant{1793491200000}); })));
    case 7: {
      auto value = server.word();
      return check(server.play(Dialogue<Result<std::vector<std::uint32_t>>>(
          [&](Wire& w) { return session.search_header(w, "Message-ID", {value, value + "x"}); })));
    }
    case 8: return task([&](Wire& w) { return session.fetch_headers(w, scan); });
    case 9:
      return task([&](Wire& w) {
        return session.fetch_bodies(w, {{1, 10}, {2, 5000}, {3}, {7, 0}}, body);
      });
    case 10:
      return check(
          server.play(Dialogue<Result<bool>>([&](Wire& w) { return session.idle(w, 5s); })));
    case 11:
      return check(server.play(Dialogue<Result<>>(
          [&](Wire& w) { return session.append(w, "Sent", "Subject: x\r\n\r\n", Instant{}); })));
    case 12:
      return check(server.play(Dialogue<Result<std::vector<imap::ListedFolder>>>(
          [&](Wire& w) { return session.list(w); })));
    case 13: {
      std::vector<std::string> addresses{server.word(), server.word(), "jane@post.example"};
      return check(server.play(Dialogue<Result<std::vector<std::uint32_t>>>(
          [&](Wire& w) { return session.search_addresses(w, addresses, Instant{}); })));
    }
    case 15:
      return check(server.play(
          Dialogue<Result<bool>>([&](Wire& w) { return session.listen_for(w, "Sent"); })));
    case 14:
      scan.refused = [&](std::size_t range, const Error&) { seen += range; };
      return task([&](Wire& w) { return session.fetch_headers(w, scan); });
    default: return task([&](Wire& w) { return session.log_out(w); });
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzServer server({reinterpret_cast<const char*>(data), size});
  Limits limits;
  limits.header_octets = 100;
  limits.imap_line_octets = 2000;
  limits.imap_literal_octets = 3000;
  limits.imap_nesting = 5;
  limits.scan_in_flight = 2;
  limits.body_batch = 2;
  imap::Session session(limits);
  check(server.play(Dialogue<Result<>>([&](Wire& w) { return session.greet(w); })));
  for (int verbs = 0; verbs < 20 && !server.empty(); ++verbs) run_verb(session, server);
  return 0;
}
