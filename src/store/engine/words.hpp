#pragma once
// Enumerations are stored as words, so that a person can read the tables and a new member moves
// nothing. In the order of the enumeration's members.
#include <array>
#include <optional>
#include <string_view>

#include "rules/nouns.hpp"
#include "rules/triage.hpp"

namespace hearback::store {

template <class E>
inline constexpr std::array<std::string_view, 0> kWords{};

template <>
inline constexpr std::array<std::string_view, 3> kWords<rules::Role>{"admin", "manager",
                                                                     "evaluator"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<rules::JobKind>{"offer", "talent-pool",
                                                                        "campaign"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<rules::MailboxRight>{"see", "reply",
                                                                             "manage"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<rules::MailboxKind>{"personal", "shared",
                                                                            "hosted"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<rules::MailboxState>{
    "active", "needs-sign-in", "off"};
template <>
inline constexpr std::array<std::string_view, 4> kWords<rules::AddressProof>{"none", "refused",
                                                                             "sign-in", "admin"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<rules::FolderRole>{"incoming", "outgoing",
                                                                           "ignored"};
template <>
inline constexpr std::array<std::string_view, 4> kWords<mail::Kind>{"human", "automatic", "bounce",
                                                                    "list"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<mail::Coding>{"none", "base64",
                                                                      "quoted-printable"};
template <>
inline constexpr std::array<std::string_view, 2> kWords<rules::Direction>{"incoming", "outgoing"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<rules::Triage>{"to-answer", "waiting",
                                                                       "done"};
template <>
inline constexpr std::array<std::string_view, 2> kWords<rules::ThreadKind>{"conversation",
                                                                           "internal-forward"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<rules::PlacedBy>{"reply-to", "address",
                                                                         "sent-here"};
template <>
inline constexpr std::array<std::string_view, 9> kWords<rules::OutboxState>{
    "scheduled",    "queued",  "sending", "uncertain", "sent",
    "seen-in-sent", "bounced", "failed",  "cancelled"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<rules::OutboxPhase>{"none", "attempt",
                                                                            "dot"};

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

}  // namespace hearback::store
