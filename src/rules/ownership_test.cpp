#include "rules/ownership.hpp"

#include <gtest/gtest.h>

namespace hearback::rules {
namespace {

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
constexpr AddressFacts kManyClaims{.claims_all = true};

// What an active user of this role knows who signs in with eve@team.example.
AddressFacts facts_of(Role role, std::string_view address, AddressFacts facts) {
  facts.active = true;
  facts.admin = role == Role::admin;
  facts.signs_in = address == "eve@team.example";
  return facts;
}

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
    const auto facts = facts_of(row.role, row.address, row.facts);
    EXPECT_EQ(told(judge_claim(facts)), row.claimed) << row.address;
    EXPECT_EQ(told(judge_confirmation(facts)), row.confirmed) << row.address;
  }
}

TEST(Ownership, C13_WhoHasLeftOwnsNothingMore) {
  for (const auto role : {Role::manager, Role::admin})
    for (const auto* address : {"jobs@team.example", "eve@team.example"}) {
      auto facts = facts_of(role, address, {});
      facts.active = false;
      EXPECT_EQ(told(judge_claim(facts)), "user.inactive");
      EXPECT_EQ(told(judge_confirmation(facts)), "user.inactive");
    }
}

TEST(Ownership, C13_WhatIsntProvenSaysWhy) {
  EXPECT_EQ(told(not_proven(AddressProof::none)), "mailbox.unproven");
  EXPECT_EQ(told(not_proven(AddressProof::refused)), "mailbox.address-refused");
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

TEST(Ownership, C1_WhoseServersAreOffered) {
  User admin;
  admin.id = UserId{{1}};
  admin.role = Role::admin;
  admin.email_normal = "boss@team.example";
  Mailbox mailbox;
  mailbox.owner = admin.id;
  mailbox.proof = AddressProof::sign_in;
  mailbox.address_normal = "ada@team.example";
  EXPECT_TRUE(offers_servers(mailbox, admin, "team.example"));
  const struct {
    const char* why_not;
    void (*change)(Mailbox&, User&);
  } rows[] = {
      {"anybody can name a server of their own", [](auto&, User& u) { u.role = Role::manager; }},
      {"an evaluator likewise", [](auto&, User& u) { u.role = Role::evaluator; }},
      {"who has left", [](auto&, User& u) { u.active = false; }},
      {"a private mailbox", [](auto&, User& u) { u.email_normal = "boss@work.example"; }},
      {"somebody else's", [](Mailbox& b, auto&) { b.owner = UserId{{2}}; }},
      {"an address that waits", [](Mailbox& b, auto&) { b.proof = AddressProof::none; }},
      {"one that isn't theirs", [](Mailbox& b, auto&) { b.proof = AddressProof::refused; }},
      {"a server that may be of the past", [](Mailbox& b, auto&) { b.state = MailboxState::off; }},
      {"one that lets nobody in", [](Mailbox& b, auto&) { b.state = MailboxState::needs_sign_in; }},
      {"another domain", [](Mailbox& b, auto&) { b.address_normal = "ada@other.example"; }},
      {"one that ends alike", [](Mailbox& b, auto&) { b.address_normal = "ada@ateam.example"; }},
      {"one below it", [](Mailbox& b, auto&) { b.address_normal = "ada@x.team.example"; }},
  };
  for (const auto& row : rows) {
    auto other = mailbox;
    auto owner = admin;
    row.change(other, owner);
    EXPECT_FALSE(offers_servers(other, owner, "team.example")) << row.why_not;
  }
}

}  // namespace
}  // namespace hearback::rules
