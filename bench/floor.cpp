// The floor: the least that any program must do to read a mailbox's header fields and the bodies of
// the given messages over IMAP. Plain blocking socket, pipelined commands, answers thrown away.
//   hearback_bench HOST PORT USER PASSWORD UID-FILE    (UIDs whose bodies are fetched, one a line)
// Prints JSON: seconds and octets for the header part and the body part.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

namespace {

constexpr std::size_t batch = 2000, in_flight = 3, body_batch = 50;

struct Client {
  int fd = -1;
  std::string buffer;
  std::size_t at = 0;
  std::uint64_t octets = 0;

  void connect_to(const char* host, int port) {
    fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(std::uint16_t(port));
    ::inet_pton(AF_INET, host, &to.sin_addr);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) fail("connect");
    int one = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  }
  [[noreturn]] static void fail(const char* what) {
    std::fprintf(stderr, "floor: %s\n", what);
    std::exit(1);
  }
  void send(const std::string& command) {
    for (std::size_t done = 0; done < command.size();) {
      auto n = ::write(fd, command.data() + done, command.size() - done);
      if (n <= 0) fail("write");
      done += std::size_t(n);
    }
  }
  void more() {
    buffer.erase(0, at);
    at = 0;
    auto had = buffer.size();
    buffer.resize(had + 256 * 1024);
    auto n = ::read(fd, buffer.data() + had, 256 * 1024);
    if (n <= 0) fail("the server closed the connection");
    buffer.resize(had + std::size_t(n));
    octets += std::uint64_t(n);
  }
  // One response line; literals inside it are skipped.
  std::string line() {
    for (;;) {
      auto end = buffer.find("\r\n", at);
      if (end == std::string::npos) {
        more();
        continue;
      }
      std::string text = buffer.substr(at, end - at);
      at = end + 2;
      if (!text.ends_with('}')) return text;
      auto open = text.rfind('{');
      auto size = std::strtoull(text.c_str() + open + 1, nullptr, 10);
      while (buffer.size() - at < size) {
        size -= buffer.size() - at;
        at = buffer.size();
        more();
      }
      at += size;
    }
  }
  void until(const std::string& tag) {
    for (;;) {
      auto text = line();
      if (!text.starts_with(tag + " ")) continue;
      if (!text.starts_with(tag + " OK")) fail(text.c_str());
      return;
    }
  }
};

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Sends the commands with at most `in_flight` unanswered.
void pipeline(Client& client, const std::vector<std::string>& commands) {
  std::size_t sent = 0;
  for (std::size_t done = 0; done < commands.size(); ++done) {
    for (; sent < commands.size() && sent - done < in_flight; ++sent)
      client.send("f" + std::to_string(sent) + " " + commands[sent] + "\r\n");
    client.until("f" + std::to_string(done));
  }
}

}  // namespace

int main(int count, char** words) {
  if (count != 6) Client::fail("usage: HOST PORT USER PASSWORD UID-FILE");
  std::vector<std::string> uids;
  std::ifstream file(words[5]);
  for (std::string uid; std::getline(file, uid);) uids.push_back(uid);

  Client client;
  double began = now();
  client.connect_to(words[1], std::atoi(words[2]));
  client.line();
  client.send("a LOGIN \"" + std::string(words[3]) + "\" \"" + words[4] + "\"\r\n");
  client.until("a");
  client.send("b EXAMINE INBOX\r\n");
  std::uint64_t uid_next = 0;
  for (std::string text; !text.starts_with("b ");) {
    text = client.line();
    if (auto at = text.find("[UIDNEXT "); at != std::string::npos)
      uid_next = std::strtoull(text.c_str() + at + 9, nullptr, 10);
  }
  std::vector<std::string> commands;
  for (std::uint64_t first = 1; first < uid_next; first += batch)
    commands.push_back("UID FETCH " + std::to_string(first) + ":" +
                       std::to_string(std::min(first + batch, uid_next) - 1) +
                       " (UID INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM TO CC BCC "
                       "REPLY-TO SUBJECT DATE MESSAGE-ID IN-REPLY-TO REFERENCES)])");
  double headers = now();
  auto before = client.octets;
  pipeline(client, commands);
  double bodies = now();
  auto header_octets = client.octets - before;
  commands.clear();
  for (std::size_t i = 0; i < uids.size(); i += body_batch) {
    std::string set;
    for (std::size_t k = i; k < std::min(i + body_batch, uids.size()); ++k)
      set += (set.empty() ? "" : ",") + uids[k];
    commands.push_back("UID FETCH " + set + " (UID BODY.PEEK[])");
  }
  before = client.octets;
  pipeline(client, commands);
  double end = now();
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  auto seconds = [](timeval t) { return double(t.tv_sec) + double(t.tv_usec) / 1e6; };
  std::printf(
      "{\"wall\":%.4f,\"headers\":%.4f,\"bodies\":%.4f,\"header_octets\":%llu,\"body_octets\":%llu,"
      "\"cpu\":%.3f,\"peak_mib\":%.1f}\n",
      end - began, bodies - headers, end - bodies, static_cast<unsigned long long>(header_octets),
      static_cast<unsigned long long>(client.octets - before),
      seconds(used.ru_utime) + seconds(used.ru_stime), double(used.ru_maxrss) / 1024);
}
