#include "protocols/imap/body_fetch.hpp"

#include <algorithm>

#include "base/announced.hpp"

namespace hearback::protocols::imap {
namespace {

// RFC 2683 section 3.2.1.5: servers accept lines of 8,000 octets; the rest of the command is short.
constexpr std::size_t kSetOctets = 7'800;

}  // namespace

BodyBatch::BodyBatch(const Engine& engine, std::vector<BodyWanted> wanted,
                     std::function<void(const BodyItem&)> item)
    : engine_(engine), wanted_(std::move(wanted)), item_(std::move(item)) {
  std::erase_if(wanted_, [](const BodyWanted& one) { return one.uid == 0; });
  std::ranges::sort(wanted_, {}, &BodyWanted::uid);
  auto same = std::ranges::unique(wanted_, {}, &BodyWanted::uid);
  wanted_.erase(same.begin(), same.end());
  std::vector<std::uint32_t> uids;
  for (const auto& one : wanted_) uids.push_back(one.uid);
  sets_ = compress_uids(uids, kSetOctets, engine.limits().body_batch);
  measure();
}

std::optional<std::string> BodyBatch::next(std::size_t on_wire) {
  if (asked_all() || on_wire >= std::max<std::size_t>(engine_.limits().scan_in_flight, 1))
    return {};
  return "UID FETCH " + sets_[asked_++] + " (UID BODY.PEEK[])";
}

void BodyBatch::fetch(const FetchData& data) {
  if (data.uid == 0 || !data.body) return;
  auto found = std::ranges::lower_bound(wanted_, data.uid, {}, &BodyWanted::uid);
  if (found == wanted_.end() || found->uid != data.uid) return;
  const auto& text = *data.body;
  // Not what was announced: left out, as if it hadn't come.
  if (found->announced && (text.too_large || text.bytes.size() > bound(*found))) return;
  BodyItem item;
  item.uid = data.uid;
  item.raw = text.in(scratch_);
  item.too_large = text.too_large;
  if (item_) item_(item);
}

std::uint64_t BodyBatch::bound(const BodyWanted& one) const {
  return most_that_comes(engine_.limits(), one.announced);
}

// A command may cost what its messages may, at a pace that a slow line keeps.
void BodyBatch::measure() {
  auto one = wanted_.begin();
  for (const auto& set : sets_) {
    std::vector<std::uint32_t> uids;
    expand_uids(set, engine_.limits().body_batch + 1, uids);
    auto budget = engine_.ordinary();
    std::uint64_t largest = 0, all = 0;
    for (std::size_t i = 0; i < uids.size() && one != wanted_.end(); ++i, ++one) {
      largest = std::max(largest, bound(*one));
      all += bound(*one);
    }
    budget.octets += std::max(all, largest);
    budget.time += std::chrono::seconds(std::max(all, largest) / engine_.limits().slowest_octets);
    budget.responses += engine_.facts().exists;
    budget.literal_octets = largest;
    budgets_.push_back(budget);
  }
}

Task<Result<>> fetch_messages(Engine& engine, Wire& wire, std::vector<BodyWanted> wanted,
                              const std::function<void(const BodyItem&)>& item) {
  if (auto ready = engine.usable(); !ready) co_return ready;
  if (engine.folder().empty()) co_return Failure(no_folder_open());
  BodyBatch batch(engine, std::move(wanted), item);
  co_return co_await engine.run_batch(wire, batch);
}

}  // namespace hearback::protocols::imap
