#pragma once
// The words of enumerations, in the order of their members: the tables hold them as they stand
// here, so that a person can read them and a new member moves nothing, and the API's contract with
// _ for -.
#include <array>
#include <optional>
#include <string_view>

#include "rules/nouns.hpp"
#include "rules/past.hpp"
#include "rules/triage.hpp"

namespace hearback::rules {

template <class E>
inline constexpr std::array<std::string_view, 0> kWords{};

template <>
inline constexpr std::array<std::string_view, 3> kWords<Role>{"admin", "manager", "evaluator"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<AfterAnswer>{"next", "list", "stay"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<JobKind>{"offer", "talent-pool",
                                                                 "campaign"};
template <>
inline constexpr std::array<std::string_view, 2> kWords<StageKind>{"phase", "status"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<MailboxRight>{"see", "reply", "manage"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<MailboxKind>{"personal", "shared",
                                                                     "hosted"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<MailboxState>{"active", "needs-sign-in",
                                                                      "off"};
template <>
inline constexpr std::array<std::string_view, 4> kWords<AddressProof>{"none", "refused", "sign-in",
                                                                      "admin"};
template <>
inline constexpr std::array<std::string_view, 2> kWords<PastChoice>{"ask", "open"};
template <>
inline constexpr std::array<std::string_view, 4> kWords<PastAnswer>{"none", "asked", "opened",
                                                                    "declined"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<FolderRole>{"incoming", "outgoing",
                                                                    "ignored"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<Triage>{"to-answer", "waiting", "done"};
template <>
inline constexpr std::array<std::string_view, 4> kWords<mail::Kind>{"human", "automatic", "bounce",
                                                                    "list"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<mail::Coding>{"none", "base64",
                                                                      "quoted-printable"};
template <>
inline constexpr std::array<std::string_view, 2> kWords<Direction>{"incoming", "outgoing"};
template <>
inline constexpr std::array<std::string_view, 2> kWords<ThreadKind>{"conversation",
                                                                    "internal-forward"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<PlacedBy>{"reply-to", "address",
                                                                  "sent-here"};
template <>
inline constexpr std::array<std::string_view, 9> kWords<OutboxState>{
    "scheduled",    "queued",  "sending", "uncertain", "sent",
    "seen-in-sent", "bounced", "failed",  "cancelled"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<OutboxPhase>{"none", "attempt", "dot"};

template <class E>
constexpr std::string_view word_of(E member) {
  static_assert(!kWords<E>.empty(), "this enumeration has no words");
  return kWords<E>.at(static_cast<std::size_t>(member));
}

template <class E>
constexpr std::optional<E> from_word(std::string_view text) {
  for (std::size_t i = 0; i < kWords<E>.size(); ++i)
    if (kWords<E>[i] == text) return static_cast<E>(i);
  return std::nullopt;
}

}  // namespace hearback::rules
