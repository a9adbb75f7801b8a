#include "rules/never_synced.hpp"

#include <gtest/gtest.h>

#include "mail/address.hpp"

namespace hearback::rules {
namespace {

TEST(NeverSynced, C14_WhatMayBeNamed) {
  const struct {
    std::string_view written, normal;  // empty: refused
    std::string_view shown = {};
  } cases[] = {
      {"jane@home.example", "jane@home.example", "jane@home.example"},
      {" Jane@HOME.example ", "jane@home.example", "Jane@HOME.example"},
      {"home.example", "home.example", "home.example"},
      {"@Home.Example", "home.example", "Home.Example"},
      {"mail.home.example", "mail.home.example", "mail.home.example"},
      {"müller.example", "xn--mller-kva.example", "müller.example"},
      {"jane@müller.example", "jane@xn--mller-kva.example", "jane@müller.example"},
      {"", ""},
      {"@", ""},
      {"example", ""},  // a whole country, perhaps
      {"@com", ""},
      {"jane@", ""},
      {"Jane Doe", ""},
      {"a@b@home.example", ""},
      {"jane@home.example, ben@home.example", ""},
      {"home .example", ""},
  };
  for (const auto& one : cases) {
    const auto entry = never_synced_entry(one.written);
    ASSERT_EQ(entry.has_value(), !one.normal.empty()) << one.written;
    if (!entry) continue;
    EXPECT_EQ(entry->normal, one.normal);
    EXPECT_EQ(entry->written, one.shown);
  }
  const std::string domain(kNeverSyncedOctets, 'a');
  EXPECT_FALSE(never_synced_entry(domain + ".example"));
}

enum class On { from, to, cc, bcc, reply_to };

mail::Envelope with(std::string_view normal, On on) {
  mail::Envelope envelope;
  envelope.from = {{"", "", "ada@acme.example"}};
  envelope.to = {{"", "", "wanda@else.example"}};
  auto& list = on == On::from  ? envelope.from
               : on == On::to  ? envelope.to
               : on == On::cc  ? envelope.cc
               : on == On::bcc ? envelope.bcc
                               : envelope.reply_to;
  list.push_back({"", "", std::string(normal)});
  return envelope;
}

TEST(NeverSynced, C14_WhoIsNamed) {
  std::vector<NeverSyncedEntry> entries;
  for (const auto* written : {"jane@home.example", "firm.example", "acme.example"})
    entries.push_back(*never_synced_entry(written));
  const NeverSynced never(entries, "ada@acme.example");
  const struct {
    std::string_view normal;
    bool named;
  } cases[] = {
      {"jane@home.example", true},     {"ben@home.example", false},
      {"xjane@home.example", false},   {"ben@firm.example", true},
      {"ben@mail.firm.example", true}, {"ben@other-firm.example", false},
      {"ben@firm.example.org", false}, {"\"a@firm.example\"@home.example", false},
      {"ada@acme.example", false},  // the mailbox itself
      {"ben@acme.example", true},      {"", false},
  };
  for (const auto& one : cases)
    for (const auto on : {On::from, On::to, On::cc, On::bcc, On::reply_to})
      EXPECT_EQ(never.names(with(one.normal, on)), one.named) << one.normal;
  EXPECT_FALSE(NeverSynced().names(with("jane@home.example", On::from)));
}

// Whoever is named has no other addresses by a tag; and what can't be read counts as it is written.
TEST(NeverSynced, C14_WhoIsMeantIsNamedHoweverTheyAreWritten) {
  const NeverSynced never(
      {*never_synced_entry("jane@home.example"), *never_synced_entry("ben+work@home.example"),
       *never_synced_entry("firm.example")},
      "ada@acme.example");
  const struct {
    std::string_view spec;
    bool named;
  } cases[] = {
      {"jane+private@home.example", true}, {"jane+@home.example", true},
      {"jane.b@home.example", false},      {"+jane@home.example", false},
      {"ben@home.example", false},         {"ben+work@home.example", true},
      {"a b@c@FIRM.example", true},        {"law..@mail.firm.example.", true},
      {"law@\"firm.example", false},       {"nobody", false},
      {"a@b@home.example", false},
  };
  for (const auto& one : cases) {
    auto envelope = with("x@else.example", On::cc);
    const std::string spec(one.spec);
    envelope.cc.push_back({"", spec, mail::normal_form(spec).value_or("")});
    EXPECT_EQ(never.names(envelope), one.named) << spec;
  }
}

// Who writes to us chooses of how many parts a domain is.
TEST(NeverSynced, C14_ALongDomainCostsNoMoreThanTheListIsLong) {
  const NeverSynced never({*never_synced_entry("firm.example")}, "");
  std::string parts;
  for (int i = 0; i < 500'000; ++i) parts += "a.";
  mail::Envelope envelope;
  for (int i = 0; i < 50; ++i) envelope.to.push_back({"", "", "x@" + parts + "else.example"});
  EXPECT_FALSE(never.names(envelope));
  envelope.to.push_back({"", "", "x@" + parts + "firm.example"});
  EXPECT_TRUE(never.names(envelope));
}

}  // namespace
}  // namespace hearback::rules
