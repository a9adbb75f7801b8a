#pragma once
// Ids are UUIDv7 (RFC 9562 section 5.7), 16 bytes, typed by what they name. They order by time of
// making and are not secrets: links and tokens use separate random values.
#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "base/time.hpp"

namespace hearback {

using Uuid = std::array<std::uint8_t, 16>;

Uuid make_uuid(Instant now, Random& random);
std::string to_text(const Uuid& id);  // 8-4-4-4-12, lower case
std::optional<Uuid> uuid_from_text(std::string_view text);

template <class Tag>
struct Id {
  Uuid bytes{};

  static Id make(Instant now, Random& random) { return {make_uuid(now, random)}; }
  static std::optional<Id> parse(std::string_view text) {
    if (auto id = uuid_from_text(text)) return Id{*id};
    return std::nullopt;
  }
  std::string text() const { return to_text(bytes); }
  bool empty() const { return bytes == Uuid{}; }
  auto operator<=>(const Id&) const = default;
};

using CompanyId = Id<struct CompanyTag>;
using UserId = Id<struct UserTag>;
using SessionId = Id<struct SessionTag>;
using TokenId = Id<struct TokenTag>;
using JobId = Id<struct JobTag>;
using CandidateId = Id<struct CandidateTag>;
using ApplicationId = Id<struct ApplicationTag>;
using MailboxId = Id<struct MailboxTag>;
using FolderId = Id<struct FolderTag>;
using MessageId = Id<struct MessageTag>;  // our own id; the header's is `std::string message_id`
using ThreadId = Id<struct ThreadTag>;
using OutboxId = Id<struct OutboxTag>;
using BlobId = Id<struct BlobTag>;
using UploadId = Id<struct UploadTag>;
using InvitationId = Id<struct InvitationTag>;
using StageId = Id<struct StageTag>;  // a phase or a status of one job
using MoveId = Id<struct MoveTag>;
using AddressChangeId = Id<struct AddressChangeTag>;
using ErrandId = Id<struct ErrandTag>;

}  // namespace hearback

template <class Tag>
struct std::hash<hearback::Id<Tag>> {
  std::size_t operator()(const hearback::Id<Tag>& id) const noexcept {
    std::size_t h = 1469598103934665603ull;
    for (auto b : id.bytes) h = (h ^ b) * 1099511628211ull;
    return h;
  }
};
