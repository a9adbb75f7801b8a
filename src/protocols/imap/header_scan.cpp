#include "protocols/imap/header_scan.hpp"

#include <algorithm>

namespace hearback::protocols::imap {
namespace {

// The items for one message in the order that costs servers least, and nothing else (S-2).
constexpr std::string_view kFacts = " (UID INTERNALDATE RFC822.SIZE";
constexpr std::string_view kFlags = " FLAGS";
constexpr std::string_view kHeader =
    " BODY.PEEK[HEADER.FIELDS (FROM TO CC BCC REPLY-TO SUBJECT DATE MESSAGE-ID IN-REPLY-TO "
    "REFERENCES";
constexpr std::string_view kMark = " X-HEARBACK-ID";

class HeaderBatch final : public Batch {
 public:
  HeaderBatch(const Engine& engine, const Session::HeaderScan& scan)
      : engine_(engine), scan_(scan) {}

  std::size_t size() const override { return scan_.ranges.size(); }

  std::string command(std::size_t i) override {
    auto range = scan_.ranges[i];
    open_.push_back(i);
    auto first = std::max<std::uint32_t>(range.first, 1);
    std::string last = range.last == UINT32_MAX ? "*" : std::to_string(std::max(range.last, first));
    std::string command = "UID FETCH " + std::to_string(first) + ":" + last;
    command += kFacts;
    if (scan_.flags) command += kFlags;
    command += kHeader;
    if (scan_.mark) command += kMark;
    return command + ")])";
  }

  Budget budget(std::size_t) const override {
    auto budget = engine_.ordinary();
    budget.time = engine_.deadlines().imap_fetch;
    budget.octets = engine_.limits().imap_scan_octets;
    budget.responses += engine_.facts().exists;
    budget.literal_octets = engine_.limits().header_octets;
    return budget;
  }

  bool finished(std::size_t i) override {
    std::erase(open_, i);
    return !scan_.finished || scan_.finished(i);
  }

  bool refused(std::size_t i, const Error& error) override {
    std::erase(open_, i);
    if (!scan_.refused || error.code == "imap.throttled") return false;
    scan_.refused(i, error);
    return true;
  }

  void fetch(const FetchData& data) override {
    if (data.uid == 0 || !data.header || !asked_for(data.uid)) return;
    HeaderItem item;
    item.uid = data.uid;
    item.internal_date = data.internal_date;
    item.octets = data.octets;
    item.header = data.header->in(scratch_);
    item.too_large = data.header->too_large;
    item.draft = data.draft;
    // NIL, or nothing: it isn't the header of a message that has none of these fields, for that
    // still ends with an empty line (RFC 9051 section 6.4.5). It hasn't come.
    if (item.header.empty() && !item.too_large) return;
    if (scan_.item) scan_.item(item);
  }

 private:
  // "n:*" brings the last message even where its UID is below n, and other clients' changes bring
  // FETCH responses that nobody asked for.
  bool asked_for(std::uint32_t uid) const {
    return std::any_of(open_.begin(), open_.end(), [&](std::size_t i) {
      return uid >= scan_.ranges[i].first && uid <= scan_.ranges[i].last;
    });
  }

  const Engine& engine_;
  const Session::HeaderScan& scan_;
  std::vector<std::size_t> open_;  // ranges on the wire
  std::string scratch_;
};

}  // namespace

Task<Result<>> scan_headers(Engine& engine, Wire& wire, const Session::HeaderScan& scan) {
  if (auto ready = engine.usable(); !ready) co_return ready;
  if (engine.folder().empty()) co_return Failure(no_folder_open());
  HeaderBatch batch(engine, scan);
  co_return co_await engine.run_batch(wire, batch);
}

}  // namespace hearback::protocols::imap
