#include "net/resolve.hpp"

#include <ares.h>
#include <idn2.h>
#include <netdb.h>
#include <sys/select.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/text.hpp"
#include "net/pause.hpp"

namespace hearback::net {
namespace {

using Addresses = Result<std::vector<Address>>;

bool library_ready() {
  static bool ready = ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
  return ready;
}

// One look-up: a c-ares channel of its own, so that giving up is simply its end and a changed
// resolv.conf is noticed. c-ares owns its sockets; the reactor only watches them.
class Lookup : public std::enable_shared_from_this<Lookup> {
 public:
  Lookup(Core& core, Pause<Addresses>::End end)
      : core_(core), end_(std::move(end)), retry_(core.io), deadline_(core.io) {}
  ~Lookup() { finish(); }

  void start(const std::string& host, const std::string& servers, Clock::time_point deadline);
  void stop(Addresses answer) {
    answer_with(std::move(answer));
    finish();
  }

 private:
  enum Side { reading, writing };
  struct Watch {
    Watch(asio::io_context& io, int fd) : descriptor(io) {
      boost::system::error_code ignored;  // then the waits fail, and the deadline ends the look-up
      descriptor.assign(fd, ignored);
    }
    ~Watch() { release(); }
    void release() {
      if (descriptor.is_open()) descriptor.release();
    }
    asio::posix::stream_descriptor descriptor;
    bool wanted[2] = {};  // by c-ares
    bool armed[2] = {};   // at the reactor
  };

  static void on_socket(void* self, ares_socket_t fd, int readable, int writable);
  static void on_answer(void* self, int status, int timeouts, ares_addrinfo* found);
  void watch(ares_socket_t fd, bool readable, bool writable);
  void arm(const std::shared_ptr<Watch>& watch, ares_socket_t fd, Side side);
  void process(ares_socket_t readable, ares_socket_t writable);
  void set_retry();
  void answer_with(Addresses answer);
  void finish();

  Core& core_;
  Pause<Addresses>::End end_;
  asio::steady_timer retry_, deadline_;
  std::map<ares_socket_t, std::shared_ptr<Watch>> watches_;
  ares_channel channel_ = nullptr;
  std::optional<Addresses> answer_;
  bool busy_ = false;  // inside c-ares: don't destroy its channel
  bool told_ = false;
};

Error not_found() {
  return {Kind::permanent, "net.host-not-found", "There is no server of this name.",
          "Check the spelling of the server name."};
}

Error too_slow() {
  return {Kind::transient, "net.timeout", "The name servers did not answer in time.",
          "Try again later, or check the name servers of this machine."};
}

Addresses meaning_of(int status, ares_addrinfo* found) {
  switch (status) {
    case ARES_SUCCESS: {
      std::vector<Address> addresses;
      for (auto* node = found->nodes; node; node = node->ai_next)
        if (auto address = address_of(node->ai_addr)) addresses.push_back(*address);
      if (addresses.empty()) return Failure(not_found());
      return addresses;
    }
    case ARES_ENOTFOUND:
    case ARES_ENODATA:
    case ARES_ENONAME:
    case ARES_EBADNAME:
    case ARES_EBADSTR: return Failure(not_found());
    case ARES_ETIMEOUT: return Failure(too_slow());
    default:
      return fail(Kind::transient, "net.resolver", "The name servers could not be asked.",
                  "Try again later, or check the name servers of this machine.");
  }
}

void Lookup::start(const std::string& host, const std::string& servers,
                   Clock::time_point deadline) {
  auto self = shared_from_this();
  ares_options options{};
  options.timeout = 1500;
  options.tries = 3;
  options.sock_state_cb = on_socket;
  options.sock_state_cb_data = this;
  int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
  if (!library_ready() || ares_init_options(&channel_, &options, mask) != ARES_SUCCESS) {
    channel_ = nullptr;
    return stop(meaning_of(ARES_ENOTINITIALIZED, nullptr));
  }
  if (!servers.empty() && ares_set_servers_ports_csv(channel_, servers.c_str()) != ARES_SUCCESS)
    return stop(meaning_of(ARES_ENOTINITIALIZED, nullptr));
  deadline_.expires_at(deadline);
  deadline_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    if (auto self = weak.lock(); self && !error) self->stop(Failure(too_slow()));
  });
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  busy_ = true;
  ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, on_answer, this);
  busy_ = false;
  if (told_) return stop(std::move(*answer_));
  set_retry();
}

void Lookup::on_socket(void* self, ares_socket_t fd, int readable, int writable) {
  static_cast<Lookup*>(self)->watch(fd, readable != 0, writable != 0);
}

void Lookup::on_answer(void* self, int status, int, ares_addrinfo* found) {
  auto& lookup = *static_cast<Lookup*>(self);
  if (!lookup.told_) lookup.answer_ = meaning_of(status, found);
  lookup.told_ = true;
  if (found) ares_freeaddrinfo(found);
}

void Lookup::watch(ares_socket_t fd, bool readable, bool writable) {
  if (!readable && !writable) {
    // c-ares closes it next, and may get the same number again, while a handler still holds this.
    if (auto found = watches_.find(fd); found != watches_.end()) {
      found->second->release();
      watches_.erase(found);
    }
    return;
  }
  auto& watch = watches_[fd];
  if (!watch) watch = std::make_shared<Watch>(core_.io, fd);
  watch->wanted[reading] = readable;
  watch->wanted[writing] = writable;
  arm(watch, fd, reading);
  arm(watch, fd, writing);
}

// c-ares tells what it wants only when that changes: as long as it does, one wait follows another.
void Lookup::arm(const std::shared_ptr<Watch>& watch, ares_socket_t fd, Side side) {
  if (!watch->wanted[side] || watch->armed[side]) return;
  watch->armed[side] = true;
  auto kind = side == reading ? asio::posix::descriptor_base::wait_read
                              : asio::posix::descriptor_base::wait_write;
  watch->descriptor.async_wait(kind, [weak = weak_from_this(), seen = std::weak_ptr(watch), fd,
                                      side](boost::system::error_code error) {
    auto self = weak.lock();
    auto watch = seen.lock();
    if (error || !self || !watch) return;
    watch->armed[side] = false;
    if (!watch->wanted[side]) return;
    self->process(side == reading ? fd : ARES_SOCKET_BAD, side == writing ? fd : ARES_SOCKET_BAD);
    auto current = self->watches_.find(fd);
    if (current != self->watches_.end() && current->second == watch) self->arm(watch, fd, side);
  });
}

void Lookup::process(ares_socket_t readable, ares_socket_t writable) {
  if (!channel_) return;
  auto self = shared_from_this();
  busy_ = true;
  ares_process_fd(channel_, readable, writable);
  busy_ = false;
  if (told_) return stop(std::move(*answer_));
  set_retry();
}

void Lookup::set_retry() {
  timeval at_most{5, 0}, left{};
  ares_timeout(channel_, &at_most, &left);
  retry_.expires_after(std::chrono::seconds(left.tv_sec) +
                       std::chrono::microseconds(left.tv_usec + 1000));
  retry_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    if (auto self = weak.lock(); self && !error) self->process(ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  });
}

void Lookup::answer_with(Addresses answer) {
  told_ = true;
  // From the loop, not from here: the awaiting task may end this look-up at once.
  asio::post(core_.io,
             [end = end_, answer = std::move(answer)]() mutable { end(std::move(answer)); });
}

void Lookup::finish() {
  told_ = true;
  retry_.cancel();
  deadline_.cancel();
  if (channel_ && !busy_) ares_destroy(std::exchange(channel_, nullptr));
  watches_.clear();
}

// Names as mail servers have them, and what literal addresses are written with.
bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == ':';
}

// A last label that is a number makes a name an address in somebody's eyes ("0177.0.0.1", "127.1"):
// what parse_address doesn't take is no host at all.
bool ends_in_number(std::string_view host) {
  auto last = host.substr(host.rfind('.') + 1);
  if (ascii_starts_with(last, "0x")) return true;
  return !last.empty() && last.find_first_not_of("0123456789") == last.npos;
}

}  // namespace

std::string normal_host(std::string_view host) {
  std::string text(trim(host));
  if (text.ends_with('.')) text.pop_back();
  if (text.empty() || text.size() > 253 || text.find('\0') != text.npos) return {};
  if (std::ranges::all_of(text, is_host_character)) return ascii_lower(text);
  if (!is_utf8(text)) return {};
  char* converted = nullptr;
  if (idn2_lookup_u8(reinterpret_cast<const std::uint8_t*>(text.c_str()),
                     reinterpret_cast<std::uint8_t**>(&converted),
                     IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT) != IDN2_OK)
    return {};
  std::string result(converted);
  idn2_free(converted);
  return std::ranges::all_of(result, is_host_character) ? result : std::string();
}

Task<Result<std::vector<Address>>> resolve(Core& core, std::string host, std::string servers,
                                           Clock::time_point deadline) {
  if (auto literal = parse_address(host)) co_return std::vector{*literal};
  if (ends_in_number(host)) co_return Failure(not_found());
  if (host.ends_with(".invalid")) co_return Failure(not_found());  // RFC 6761 section 6.4
  Pause<Addresses> pause;
  auto lookup = std::make_shared<Lookup>(core, pause.end());
  Core::Hook at_stop(core, [weak = std::weak_ptr(lookup)](bool) {
    if (auto lookup = weak.lock())
      lookup->stop(fail(Kind::transient, "net.stopping", "The program is stopping."));
  });
  lookup->start(host, servers, deadline);
  co_return co_await pause;
}

}  // namespace hearback::net
