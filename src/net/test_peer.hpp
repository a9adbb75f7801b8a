#pragma once
// For the tests of this room: certificates made on the spot, a blocking server in a thread, and a
// way to run one task on a loop.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "net/loop.hpp"

namespace hearback::net::testing {

// A folder that is gone at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "hearback-net-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

struct Certified {
  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
  Certified() = default;
  Certified(Certified&& other) noexcept
      : key(std::exchange(other.key, nullptr)),
        certificate(std::exchange(other.certificate, nullptr)) {}
  ~Certified() {
    EVP_PKEY_free(key);
    X509_free(certificate);
  }
  void save(const std::string& certificate_file, const std::string& key_file = "") const {
    FILE* out = fopen(certificate_file.c_str(), "w");
    PEM_write_X509(out, certificate);
    fclose(out);
    if (key_file.empty()) return;
    out = fopen(key_file.c_str(), "w");
    PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
    fclose(out);
  }
};

// `alternative_names`: "DNS:imap.test, IP:127.0.0.1". Without an issuer: signed by itself.
inline Certified make_certificate(const std::string& common_name,
                                  const std::string& alternative_names, const Certified* issuer,
                                  long from_seconds = -3600, long to_seconds = 86400) {
  static std::atomic<long> serial = 1;
  Certified made;
  made.key = EVP_EC_gen("P-256");
  made.certificate = X509_new();
  X509* x = made.certificate;
  X509_set_version(x, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(x), from_seconds);
  X509_gmtime_adj(X509_getm_notAfter(x), to_seconds);
  X509_set_pubkey(x, made.key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(x, X509_get_subject_name(issuer ? issuer->certificate : x));
  auto add = [x](int id, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_nconf_nid(nullptr, nullptr, id, value.c_str());
    X509_add_ext(x, extension, -1);
    X509_EXTENSION_free(extension);
  };
  bool authority = alternative_names.empty();
  add(NID_basic_constraints, authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!authority) add(NID_subject_alt_name, alternative_names);
  X509_sign(x, issuer ? issuer->key : made.key, EVP_sha256());
  return made;
}

inline bool write_fully(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

// What comes next; empty at the end.
inline std::string read_some(int fd, std::size_t at_most = 65536) {
  std::string bytes(at_most, '\0');
  ssize_t n = ::recv(fd, bytes.data(), bytes.size(), 0);
  bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return bytes;
}

inline std::string read_until(int fd, std::string_view mark) {
  std::string all;
  while (all.find(mark) == all.npos) {
    auto more = read_some(fd);
    if (more.empty()) break;
    all += more;
  }
  return all;
}

inline std::string read_all(int fd) {
  std::string all;
  for (auto more = read_some(fd); !more.empty(); more = read_some(fd)) all += more;
  return all;
}

inline int connect_to_port(std::uint16_t port) {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  timeval patience{10, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
    ::close(fd);
    return -1;
  }
  return fd;
}

// Serves each connection with `script` in a thread of its own. Reads give up after 10 s.
class Peer {
 public:
  using Script = std::function<void(int fd)>;

  explicit Peer(Script script) : script_(std::move(script)) {
    std::signal(SIGPIPE, SIG_IGN);
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof at;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at);
    ::listen(listener_, 512);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &length);
    port_ = ntohs(at.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~Peer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (auto& thread : threads_) thread.join();
    ::close(listener_);
  }
  std::uint16_t port() const { return port_; }
  int accepted() const { return accepted_; }

 private:
  void accept_all() {
    for (;;) {
      int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      ++accepted_;
      timeval patience{10, 0};
      ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
      threads_.emplace_back([this, fd] {
        script_(fd);
        ::close(fd);
      });
    }
  }

  Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> accepted_ = 0;
  std::thread acceptor_;
  std::vector<std::thread> threads_;
};

// The server's side of TLS on an accepted socket, blocking.
class TlsPeer {
 public:
  TlsPeer(int fd, const Certified& certified) {
    context_ = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(context_, certified.certificate);
    SSL_CTX_use_PrivateKey(context_, certified.key);
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, fd);
    ok_ = SSL_accept(ssl_) == 1;
  }
  ~TlsPeer() {
    if (ok_) SSL_shutdown(ssl_);
    SSL_free(ssl_);
    SSL_CTX_free(context_);
    ERR_clear_error();
  }
  bool ok() const { return ok_; }
  bool write(std::string_view bytes) {
    std::size_t n = 0;
    return SSL_write_ex(ssl_, bytes.data(), bytes.size(), &n) == 1;
  }
  // TLS 1.3: a record that holds nothing for the program.
  bool send_ticket() { return SSL_new_session_ticket(ssl_) == 1 && SSL_do_handshake(ssl_) == 1; }
  std::string read() {
    std::string bytes(65536, '\0');
    std::size_t n = 0;
    if (SSL_read_ex(ssl_, bytes.data(), bytes.size(), &n) != 1) n = 0;
    bytes.resize(n);
    return bytes;
  }

 private:
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
  bool ok_ = false;
};

template <class T>
Task<void> store_and_stop(Loop& loop, Task<T> task, std::optional<T>& result) {
  result.emplace(co_await std::move(task));
  loop.stop();
}

// Runs the loop until the task is done.
template <class T>
T run_on(Loop& loop, Task<T> task) {
  std::optional<T> result;
  loop.spawn(store_and_stop(loop, std::move(task), result));
  loop.run();
  return std::move(result.value());
}

inline DialPolicy local_policy() {
  DialPolicy policy;
  policy.allow_loopback = true;
  policy.allow_plain = true;
  policy.ports = {0};
  return policy;
}

}  // namespace hearback::net::testing
