#include "protocols/imap/session.hpp"

#include "protocols/imap/append.hpp"
#include "protocols/imap/body_fetch.hpp"
#include "protocols/imap/engine.hpp"
#include "protocols/imap/examine.hpp"
#include "protocols/imap/header_scan.hpp"
#include "protocols/imap/idle.hpp"
#include "protocols/imap/list.hpp"
#include "protocols/imap/notify.hpp"
#include "protocols/imap/search.hpp"
#include "protocols/imap/sign_in.hpp"

namespace hearback::protocols::imap {

struct Session::State {
  State(const Limits& limits, const Deadlines& deadlines) : engine(limits, deadlines) {}
  Engine engine;
  bool idle_works = true;
};

Session::Session(const Limits& limits, const Deadlines& deadlines)
    : state_(std::make_unique<State>(limits, deadlines)) {}
Session::~Session() = default;

bool Session::has(std::string_view capability) const { return state_->engine.has(capability); }
const std::string& Session::open_folder() const { return state_->engine.folder(); }
const FolderFacts& Session::facts() const { return state_->engine.facts(); }
std::uint64_t Session::changes() const { return state_->engine.changes(); }
const std::string& Session::listened() const { return state_->engine.listened(); }
std::uint64_t Session::heard_elsewhere() const { return state_->engine.heard_elsewhere(); }
std::optional<Duration> Session::suggested_backoff() const { return state_->engine.backoff(); }

Task<Result<>> Session::greet(Wire& wire) { return read_greeting(state_->engine, wire); }
Task<Result<>> Session::start_tls(Wire& wire, std::string server_name) {
  return upgrade_to_tls(state_->engine, wire, std::move(server_name));
}
Task<Result<>> Session::sign_in(Wire& wire, sasl::Credentials credentials) {
  return sign_in_to(state_->engine, wire, std::move(credentials));
}
Task<Result<>> Session::log_out(Wire& wire) { return leave(state_->engine, wire); }

Task<Result<std::vector<ListedFolder>>> Session::list(Wire& wire) {
  return list_folders(state_->engine, wire);
}
Task<Result<FolderFacts>> Session::examine(Wire& wire, std::string wire_name) {
  return examine_folder(state_->engine, wire, std::move(wire_name));
}
Task<Result<FolderFacts>> Session::status(Wire& wire, std::string wire_name) {
  return ask_status(state_->engine, wire, std::move(wire_name));
}

Task<Result<std::vector<std::uint32_t>>> Session::search_since(Wire& wire, Instant since) {
  return search(state_->engine, wire, "SINCE " + write_date(since));
}
Task<Result<std::vector<std::uint32_t>>> Session::search_all(Wire& wire) {
  return search(state_->engine, wire, "ALL");
}
Task<Result<std::vector<std::uint32_t>>> Session::search_header(Wire& wire, std::string field,
                                                                std::vector<std::string> values) {
  return imap::search_header(state_->engine, wire, std::move(field), std::move(values));
}
Task<Result<std::vector<std::uint32_t>>> Session::search_addresses(
    Wire& wire, std::vector<std::string> addresses, Instant since, std::optional<UidRange> among) {
  return imap::search_addresses(state_->engine, wire, std::move(addresses), since, among);
}
Task<Result<std::vector<std::uint32_t>>> Session::fetch_uids(Wire& wire) {
  return imap::fetch_uids(state_->engine, wire);
}

Task<Result<>> Session::fetch_headers(Wire& wire, const HeaderScan& scan) {
  return scan_headers(state_->engine, wire, scan);
}
Task<Result<>> Session::fetch_bodies(Wire& wire, std::vector<BodyWanted> wanted,
                                     const std::function<void(const BodyItem&)>& item) {
  return fetch_messages(state_->engine, wire, std::move(wanted), item);
}
Task<Result<bool>> Session::listen_for(Wire& wire, std::string wire_name) {
  return imap::listen_for(state_->engine, wire, std::move(wire_name));
}
Task<Result<bool>> Session::idle(Wire& wire, Duration renew) {
  return wait_for_change(state_->engine, wire, renew, state_->idle_works);
}
Task<Result<>> Session::append(Wire& wire, std::string wire_name, std::string_view message,
                               Instant date) {
  return append_message(state_->engine, wire, std::move(wire_name), message, date);
}

}  // namespace hearback::protocols::imap
