#include "net/tls.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "net/address.hpp"

namespace hearback::net {
namespace {

void set_common(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // It is on by default: a peer that sends tickets or new keys without a pause would never let
  // SSL_read_ex return.
  SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
}

// We speak HTTP/1.1 only; a client that offers other protocols alone is answered without ALPN.
int select_http11(SSL*, const unsigned char** out, unsigned char* out_length,
                  const unsigned char* in, unsigned in_length, void*) {
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_length, kHttp11, 9, in, in_length) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

Error verification_error(long verdict, const std::string& server_name) {
  switch (verdict) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return {Kind::permanent, "tls.name-mismatch",
              "The server's certificate isn't for \"" + server_name + "\".",
              "Use the server name that the mail provider gives, as the certificate names it."};
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return {Kind::permanent, "tls.expired",
              "The certificate of \"" + server_name + "\" has expired.",
              "Ask whoever runs the mail server to renew its certificate."};
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return {Kind::permanent, "tls.expired",
              "The certificate of \"" + server_name + "\" isn't valid yet.",
              "Check the clocks of this server and of the mail server."};
    default:
      return {Kind::permanent, "tls.untrusted",
              "The certificate of \"" + server_name +
                  "\" isn't trusted here: " + X509_verify_cert_error_string(verdict) + ".",
              "Ask whoever runs the mail server for a certificate from a public authority, or let "
              "the operator of this program add the authority that issued it."};
  }
}

bool speaks_without_tls(unsigned long error) {
  if (ERR_GET_LIB(error) != ERR_LIB_SSL) return false;
  switch (ERR_GET_REASON(error)) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_BAD_PACKET_LENGTH: return true;
    default: return false;
  }
}

bool too_old(unsigned long error) {
  if (ERR_GET_LIB(error) != ERR_LIB_SSL) return false;
  int reason = ERR_GET_REASON(error);
  return reason == SSL_R_UNSUPPORTED_PROTOCOL || reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION ||
         reason == SSL_R_VERSION_TOO_LOW;
}

}  // namespace

Result<SslContext> make_client_context(const std::string& ca_file) {
  ERR_clear_error();
  SslContext context(SSL_CTX_new(TLS_client_method()));
  if (!context) return fail(Kind::transient, "tls.failed", "TLS could not be set up.");
  set_common(context.get());
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_default_verify_paths(context.get());
  if (!ca_file.empty() &&
      SSL_CTX_load_verify_locations(context.get(), ca_file.c_str(), nullptr) != 1) {
    ERR_clear_error();
    return fail(Kind::permanent, "tls.failed",
                "The operator's file of trusted certificates can't be read.",
                "Check the CA file in the configuration: it must hold PEM certificates.");
  }
  ERR_clear_error();
  return context;
}

Result<SslContext> make_server_context(const std::string& certificate_file,
                                       const std::string& key_file) {
  ERR_clear_error();
  SslContext context(SSL_CTX_new(TLS_server_method()));
  if (!context) return fail(Kind::transient, "tls.failed", "TLS could not be set up.");
  set_common(context.get());
  SSL_CTX_set_alpn_select_cb(context.get(), select_http11, nullptr);
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1) {
    ERR_clear_error();
    return fail(Kind::input, "net.certificate", "The certificate file can't be read.",
                "It must hold the server's certificate, then its issuers, in PEM.");
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1) {
    ERR_clear_error();
    return fail(Kind::input, "net.certificate",
                "The key file can't be read or doesn't belong to the certificate.",
                "It must hold the certificate's private key in PEM, without a password.");
  }
  return context;
}

SslPtr make_client(SSL_CTX* context, int fd, const std::string& server_name) {
  SslPtr ssl(SSL_new(context));
  if (!ssl || SSL_set_fd(ssl.get(), fd) != 1) return nullptr;
  SSL_set_verify(ssl.get(), SSL_VERIFY_PEER, nullptr);
  auto* parameters = SSL_get0_param(ssl.get());
  if (parse_address(server_name)) {
    if (X509_VERIFY_PARAM_set1_ip_asc(parameters, server_name.c_str()) != 1) return nullptr;
  } else {
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (server_name.empty() ||
        X509_VERIFY_PARAM_set1_host(parameters, server_name.c_str(), server_name.size()) != 1 ||
        SSL_set_tlsext_host_name(ssl.get(), server_name.c_str()) != 1)
      return nullptr;
  }
  SSL_set_connect_state(ssl.get());
  return ssl;
}

SslPtr make_server(SSL_CTX* context, int fd) {
  SslPtr ssl(SSL_new(context));
  if (!ssl || SSL_set_fd(ssl.get(), fd) != 1) return nullptr;
  SSL_set_accept_state(ssl.get());
  return ssl;
}

Error handshake_error(SSL* ssl, int ssl_error, const std::string& server_name) {
  unsigned long error = ERR_peek_error();
  ERR_clear_error();
  long verdict = SSL_get_verify_result(ssl);
  if (verdict != X509_V_OK) return verification_error(verdict, server_name);
  if (speaks_without_tls(error))
    return {Kind::permanent, "tls.not-tls", "This port of the server speaks without TLS.",
            "Choose STARTTLS for this port, or the port that the mail provider names for TLS."};
  if (too_old(error))
    return {Kind::permanent, "tls.failed", "The server offers only outdated versions of TLS.",
            "Ask whoever runs the mail server to enable TLS 1.2 or 1.3."};
  bool cut = ssl_error == SSL_ERROR_SYSCALL || ssl_error == SSL_ERROR_ZERO_RETURN ||
             (ERR_GET_LIB(error) == ERR_LIB_SSL &&
              ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING);
  if (cut)
    return {Kind::transient, "tls.failed", "The server ended the connection during TLS setup.",
            "Check the port and the kind of security, or try again later."};
  return {Kind::permanent, "tls.failed", "TLS with the server could not be set up.",
          "Check the port and the kind of security."};
}

}  // namespace hearback::net
