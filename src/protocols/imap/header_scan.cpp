#include "protocols/imap/header_scan.hpp"

#include <algorithm>
#include <memory>

#include "protocols/imap/body_fetch.hpp"

namespace hearback::protocols::imap {
namespace {

// The items for one message in the order that costs servers least, and nothing else (S-2).
constexpr std::string_view kFacts = " (UID INTERNALDATE RFC822.SIZE";
constexpr std::string_view kFlags = " FLAGS";
constexpr std::string_view kHeader =
    " BODY.PEEK[HEADER.FIELDS (FROM TO CC BCC REPLY-TO SUBJECT DATE MESSAGE-ID IN-REPLY-TO "
    "REFERENCES";
constexpr std::string_view kMark = " X-HEARBACK-ID";

// How many header FETCHes are on the wire where bodies may come between: what is asked for last
// waits for all of them.
constexpr std::size_t kBesideBodies = 2;

class HeaderBatch final : public Batch {
 public:
  HeaderBatch(const Engine& engine, const Session::HeaderScan& scan)
      : engine_(engine), scan_(scan) {}

  // Bodies first: somebody waits for them.
  std::optional<std::string> next(std::size_t on_wire) override {
    if (!bodies_ && scan_.between)
      if (auto wanted = scan_.between()) bodies_ = std::make_unique<Bodies>(engine_, *wanted);
    if (bodies_ && !bodies_->refused)
      if (auto command = bodies_->batch.next(on_wire)) {
        asked_.push_back({{}, bodies_->asked++});
        return command;
      }
    const auto window = std::max<std::size_t>(engine_.limits().scan_in_flight, 1);
    const auto most = scan_.between ? std::min(window, kBesideBodies) : window;
    if (!asking_ || next_ == scan_.ranges.size() || on_wire >= most) return {};
    open_.push_back(next_);
    asked_.push_back({next_, {}});
    return command(scan_.ranges[next_++]);
  }

  Budget budget(std::size_t i) const override {
    if (asked_[i].body) return bodies_->batch.budget(*asked_[i].body);
    auto budget = engine_.ordinary();
    budget.time = engine_.deadlines().imap_fetch;
    budget.octets = engine_.limits().imap_scan_octets;
    budget.responses += engine_.facts().exists;
    budget.literal_octets = engine_.limits().header_octets;
    return budget;
  }

  void finished(std::size_t i) override {
    if (asked_[i].body) return body_answered();
    const auto range = *asked_[i].range;
    std::erase(open_, range);
    if (scan_.finished && !scan_.finished(range)) asking_ = false;
  }

  bool refused(std::size_t i, const Error& error) override {
    if (asked_[i].body) {
      if (!bodies_->refused) bodies_->refused = error;
      body_answered();
      return error.code != "imap.throttled";
    }
    const auto range = *asked_[i].range;
    std::erase(open_, range);
    if (!scan_.refused || error.code == "imap.throttled") return false;
    scan_.refused(range, error);
    return true;
  }

  void fetch(const FetchData& data) override {
    if (bodies_) bodies_->batch.fetch(data);
    if (data.uid == 0 || !data.header || !asked_for(data.uid)) return;
    HeaderItem item;
    item.uid = data.uid;
    item.internal_date = data.internal_date;
    item.octets = data.octets;
    item.header = data.header->in(scratch_);
    item.too_large = data.header->too_large || item.header.size() > engine_.limits().header_octets;
    item.draft = data.draft;
    if (item.too_large) item.header = {};
    // NIL, or nothing: it isn't the header of a message that has none of these fields, for that
    // still ends with an empty line (RFC 9051 section 6.4.5). It hasn't come.
    if (item.header.empty() && !item.too_large) return;
    if (scan_.item) scan_.item(item);
  }

  // The scan has ended; where it failed, perhaps before the bodies came.
  void end(const Result<>& scanned) {
    if (auto bodies = std::move(bodies_)) bodies->done(scanned);
  }

 private:
  struct Bodies {
    Bodies(const Engine& engine, Session::BodiesWanted& wanted)
        : batch(engine, std::move(wanted.wanted), std::move(wanted.item)),
          done(std::move(wanted.done)) {}
    BodyBatch batch;
    std::function<void(Result<>)> done;
    std::size_t asked = 0, answered = 0;
    std::optional<Error> refused;
  };
  struct Asked {  // either
    std::optional<std::size_t> range, body;
  };

  std::string command(const UidRange& range) const {
    auto first = std::max<std::uint32_t>(range.first, 1);
    std::string last = range.last == UINT32_MAX ? "*" : std::to_string(std::max(range.last, first));
    std::string command = "UID FETCH " + std::to_string(first) + ":" + last;
    command += kFacts;
    if (scan_.flags) command += kFlags;
    command += kHeader;
    if (scan_.mark) command += kMark;
    return command + ")])";
  }

  // "n:*" brings the last message even where its UID is below n, and other clients' changes bring
  // FETCH responses that nobody asked for.
  bool asked_for(std::uint32_t uid) const {
    return std::any_of(open_.begin(), open_.end(), [&](std::size_t i) {
      return uid >= scan_.ranges[i].first && uid <= scan_.ranges[i].last;
    });
  }

  void body_answered() {
    if (++bodies_->answered < bodies_->asked || (!bodies_->refused && !bodies_->batch.asked_all()))
      return;
    const auto bodies = std::move(bodies_);
    bodies->done(bodies->refused ? Result<>(Failure(*bodies->refused)) : Result<>{});
  }

  const Engine& engine_;
  const Session::HeaderScan& scan_;
  bool asking_ = true;             // for headers
  std::size_t next_ = 0;           // range
  std::vector<std::size_t> open_;  // ranges on the wire
  std::vector<Asked> asked_;       // each command
  std::unique_ptr<Bodies> bodies_;
  std::string scratch_;
};

}  // namespace

Task<Result<>> scan_headers(Engine& engine, Wire& wire, const Session::HeaderScan& scan) {
  if (auto ready = engine.usable(); !ready) co_return ready;
  if (engine.folder().empty()) co_return Failure(no_folder_open());
  HeaderBatch batch(engine, scan);
  auto scanned = co_await engine.run_batch(wire, batch);
  batch.end(scanned);
  co_return scanned;
}

}  // namespace hearback::protocols::imap
