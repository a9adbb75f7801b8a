#include "store/vault/vault.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

namespace hearback::store {
namespace {

class VaultTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_GE(sodium_init(), 0); }
  SeededRandom random{1};
  Vault vault{std::string(32, 'k'), random};
};

TEST_F(VaultTest, D2_WhatIsSealedOpensForItsPurposeOnly) {
  const auto sealed = vault.seal("secret", purpose({"a", "bc"}));
  EXPECT_EQ(vault.open(sealed, purpose({"a", "bc"})), "secret");
  EXPECT_FALSE(vault.open(sealed, purpose({"ab", "c"})));  // the parts keep their borders
  EXPECT_FALSE(vault.open(sealed, purpose({"a", "bc", ""})));
  Vault other{std::string(32, 'x'), random};
  EXPECT_FALSE(other.open(sealed, purpose({"a", "bc"})));
  EXPECT_EQ(sealed.find("secret"), std::string::npos);
  EXPECT_NE(vault.seal("secret", "p"), vault.seal("secret", "p"));
}

TEST_F(VaultTest, D2_EveryDamageIsNoticed) {
  const auto sealed = vault.seal("secret", "p");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto damaged = sealed;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_FALSE(vault.open(damaged, "p")) << i;
    EXPECT_FALSE(vault.open(sealed.substr(0, i), "p")) << i;
  }
  EXPECT_EQ(vault.open(vault.seal("", "p"), "p"), "");
}

TEST_F(VaultTest, SEC12_APasswordsPurposeNamesEverythingItIsGoodFor) {
  const CompanyId company = CompanyId::make({1}, random), company2 = CompanyId::make({1}, random);
  const MailboxId box = MailboxId::make({1}, random), box2 = MailboxId::make({1}, random);
  const rules::ServerSettings server{"imap.example", 993, "tls", "me"};
  const auto good = password_purpose(company, box, "imap", server);
  EXPECT_EQ(good, password_purpose(company, box, "imap", server));
  EXPECT_NE(good, password_purpose(company2, box, "imap", server));
  EXPECT_NE(good, password_purpose(company, box2, "imap", server));
  EXPECT_NE(good, password_purpose(company, box, "smtp", server));
  EXPECT_NE(good, password_purpose(company, box, "imap", {"imap.evil", 993, "tls", "me"}));
  EXPECT_NE(good, password_purpose(company, box, "imap", {"imap.example", 143, "tls", "me"}));
  EXPECT_NE(good, password_purpose(company, box, "imap", {"imap.example", 993, "none", "me"}));
  EXPECT_NE(good, password_purpose(company, box, "imap", {"imap.example", 993, "tls", "you"}));
}

}  // namespace
}  // namespace hearback::store
