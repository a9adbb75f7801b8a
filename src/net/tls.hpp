#pragma once
// OpenSSL's side of TLS: contexts, what is verified, and errors in words.
#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hearback::net {

struct SslDelete {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslPtr = std::unique_ptr<SSL, SslDelete>;
using SslContext = std::unique_ptr<SSL_CTX, SslDelete>;

// Trusts the system's certificates and those in `ca_file` (may be empty). TLS 1.2 and up.
Result<SslContext> make_client_context(const std::string& ca_file);
// Our own certificate chain and key, in PEM.
Result<SslContext> make_server_context(const std::string& certificate_file,
                                       const std::string& key_file);

// A client for `fd` that accepts only a certificate for `server_name` (a name or literal address).
SslPtr make_client(SSL_CTX* context, int fd, const std::string& server_name);
SslPtr make_server(SSL_CTX* context, int fd);

// Why SSL_connect failed: tls.name-mismatch, tls.untrusted, tls.expired, tls.not-tls, tls.failed.
// Reads and clears OpenSSL's error queue; `ssl_error` is what SSL_get_error gave.
Error handshake_error(SSL* ssl, int ssl_error, const std::string& server_name);

}  // namespace hearback::net
