#include "rules/ownership.hpp"

#include <gtest/gtest.h>

namespace hearback::rules {
namespace {

User person(Role role) {
  User user;
  user.email = user.email_normal = "eve@team.example";
  user.role = role;
  return user;
}

// "refused: code", "proven: sign-in", "proven: admin" or "waits".
std::string told(const Ownership& verdict) {
  if (const auto* error = std::get_if<Error>(&verdict)) {
    EXPECT_EQ(error->kind, Kind::conflict);
    EXPECT_FALSE(error->what.empty() || error->hint.empty()) << error->code;
    EXPECT_EQ(error->what.find('@'), std::string::npos) << "no address in an error";
    return error->code;
  }
  if (const auto* proven = std::get_if<Proven>(&verdict))
    return proven->by == AddressProof::sign_in ? "sign-in" : "admin";
  return "waits";
}

constexpr AddressFacts kNobodys{};
constexpr AddressFacts kColleagues{.colleague = true};
constexpr AddressFacts kConnected{.connected = true};
constexpr AddressFacts kCandidates{.candidate = true};
constexpr AddressFacts kAll{.colleague = true, .connected = true, .candidate = true};
constexpr AddressFacts kManyClaims{.claims = 10};

TEST(Ownership, C13_WhoseAddressIsIt) {
  const struct {
    Role role;
    const char* address;
    AddressFacts facts;
    const char* claimed;
    const char* confirmed;
  } rows[] = {
      // One's own sign-in address was given by an admin.
      {Role::evaluator, "eve@team.example", kNobodys, "sign-in", "admin"},
      {Role::admin, "eve@team.example", kNobodys, "sign-in", "admin"},
      // I-1: the user was there first, or takes it off the candidate.
      {Role::evaluator, "eve@team.example", kCandidates, "sign-in", "admin"},
      {Role::evaluator, "eve@team.example", kManyClaims, "sign-in", "admin"},
      // C-7
      {Role::evaluator, "eve@team.example", kConnected, "mailbox.already-connected",
       "mailbox.already-connected"},
      {Role::admin, "jobs@team.example", kConnected, "mailbox.already-connected",
       "mailbox.already-connected"},
      {Role::evaluator, "jobs@team.example", kAll, "mailbox.already-connected",
       "mailbox.already-connected"},
      // Somebody else's, for admins too (C-6).
      {Role::evaluator, "max@team.example", kColleagues, "address.of-colleague",
       "address.of-colleague"},
      {Role::admin, "max@team.example", kColleagues, "address.of-colleague",
       "address.of-colleague"},
      {Role::manager, "carla@home.example", kCandidates, "address.of-candidate",
       "address.of-candidate"},
      {Role::admin, "carla@home.example", kCandidates, "address.of-candidate",
       "address.of-candidate"},
      // Nobody's that one knows of.
      {Role::evaluator, "jobs@team.example", kNobodys, "waits", "admin"},
      {Role::manager, "jobs@team.example", kNobodys, "waits", "admin"},
      {Role::admin, "jobs@team.example", kNobodys, "admin", "admin"},
      {Role::manager, "jobs@team.example", kManyClaims, "mailbox.too-many-claims", "admin"},
  };
  for (const auto& row : rows) {
    const auto claimant = person(row.role);
    EXPECT_EQ(told(judge_claim(claimant, row.address, row.facts)), row.claimed) << row.address;
    EXPECT_EQ(told(judge_confirmation(claimant, row.address, row.facts)), row.confirmed)
        << row.address;
  }
}

TEST(Ownership, C13_WhoHasLeftOwnsNothingMore) {
  auto claimant = person(Role::manager);
  claimant.active = false;
  EXPECT_EQ(told(judge_claim(claimant, "jobs@team.example", {})), "user.inactive");
  EXPECT_EQ(told(judge_confirmation(claimant, "jobs@team.example", {})), "user.inactive");
}

TEST(Ownership, C13_OnlyAProvenMailboxIsRead) {
  for (const auto state : {MailboxState::active, MailboxState::needs_sign_in, MailboxState::off})
    for (const auto proof :
         {AddressProof::none, AddressProof::refused, AddressProof::sign_in, AddressProof::admin}) {
      Mailbox box;
      box.state = state;
      box.proof = proof;
      const bool proven = proof == AddressProof::sign_in || proof == AddressProof::admin;
      EXPECT_EQ(is_proven(proof), proven);
      EXPECT_EQ(may_be_read(box), proven && state == MailboxState::active);
    }
}

}  // namespace
}  // namespace hearback::rules
