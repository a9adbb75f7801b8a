#include "protocols/imap/fetch.hpp"

#include <algorithm>

namespace hearback::protocols::imap {
namespace {

// RFC 2683 section 3.2.1.5: servers accept lines of 8,000 octets; the rest of the command is short.
constexpr std::size_t kSetOctets = 7'800;

// The items for one message in the order that costs servers least, and nothing else (S-2).
constexpr std::string_view kHeaderItems =
    " (UID INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM TO CC BCC REPLY-TO SUBJECT DATE "
    "MESSAGE-ID IN-REPLY-TO REFERENCES)])";

std::string_view bytes_of(const Text& text, std::string& scratch) {
  if (!text.escaped) return text.bytes;
  scratch = text.copy();
  return scratch;
}

}  // namespace

std::string HeaderBatch::command(std::size_t i) {
  auto range = scan_.ranges[i];
  open_.push_back(i);
  auto first = std::max<std::uint32_t>(range.first, 1);
  std::string last = range.last == UINT32_MAX ? "*" : std::to_string(std::max(range.last, first));
  return "UID FETCH " + std::to_string(first) + ":" + last + std::string(kHeaderItems);
}

bool HeaderBatch::finished(std::size_t i) {
  std::erase(open_, i);
  return !scan_.finished || scan_.finished(i);
}

// "n:*" brings the last message even where its UID is below n, and other clients' changes bring
// FETCH responses that nobody asked for.
bool HeaderBatch::asked_for(std::uint32_t uid) const {
  return std::any_of(open_.begin(), open_.end(), [&](std::size_t i) {
    return uid >= scan_.ranges[i].first && uid <= scan_.ranges[i].last;
  });
}

void HeaderBatch::fetch(const FetchData& data) {
  if (data.uid == 0 || !data.header || !asked_for(data.uid)) return;
  HeaderItem item;
  item.uid = data.uid;
  item.internal_date = data.internal_date;
  item.octets = data.octets;
  item.header = bytes_of(*data.header, scratch_);
  item.too_large = data.header->too_large;
  if (scan_.item) scan_.item(item);
}

BodyBatch::BodyBatch(std::vector<std::uint32_t> uids, std::size_t per_command,
                     const std::function<void(const BodyItem&)>& item)
    : uids_(std::move(uids)), item_(item) {
  std::erase(uids_, 0u);
  std::sort(uids_.begin(), uids_.end());
  uids_.erase(std::unique(uids_.begin(), uids_.end()), uids_.end());
  sets_ = compress_uids(uids_, kSetOctets, per_command);
}

void BodyBatch::fetch(const FetchData& data) {
  if (data.uid == 0 || !data.body) return;
  if (!std::binary_search(uids_.begin(), uids_.end(), data.uid)) return;
  BodyItem item;
  item.uid = data.uid;
  item.raw = bytes_of(*data.body, scratch_);
  item.too_large = data.body->too_large;
  if (item_) item_(item);
}

}  // namespace hearback::protocols::imap
