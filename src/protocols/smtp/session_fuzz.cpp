// Random bytes as a submission server, against every verb in an order that the input chooses.
#include <cstdint>
#include <cstdlib>

#include "protocols/fuzz_server.hpp"
#include "protocols/smtp/session.hpp"

namespace {

using namespace hearback;
using namespace hearback::protocols;

template <class T>
void check(const Result<T>& result) {
  if (!result && (result.error().code.empty() || result.error().what.empty())) std::abort();
}

void run_verb(smtp::Session& session, FuzzServer& server) {
  auto task = [&](auto make) { check(server.play(Dialogue<Result<>>(make))); };
  switch (server.byte() % 6) {
    case 0: return task([&](Wire& w) { return session.start_tls(w, "mail.example"); });
    case 1: {
      auto user = server.word(), password = server.word();
      return task([&](Wire& w) { return session.sign_in(w, {user, password}); });
    }
    case 2: {
      auto from = server.word(), to = server.word();
      return task([&](Wire& w) { return session.begin(w, from, {to, "b@example.org"}, 9); });
    }
    case 3: {
      auto message = server.word();
      return task([&](Wire& w) { return session.write_data(w, message); });
    }
    case 4:
      return check(
          server.play(Dialogue<Result<smtp::Reply>>([&](Wire& w) { return session.end_data(w); })));
    default: return task([&](Wire& w) { return session.quit(w); });
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzServer server({reinterpret_cast<const char*>(data), size});
  Limits limits;
  limits.smtp_reply_octets = 1000;
  smtp::Session session("hub.example", limits);
  check(server.play(Dialogue<Result<>>([&](Wire& w) { return session.greet(w); })));
  for (int verbs = 0; verbs < 20 && !server.empty(); ++verbs) run_verb(session, server);
  return 0;
}
