// The same fields read by GMime: what we accept for decisions, GMime must read as the same
// address.
#ifdef HEARBACK_GMIME
#include <gmime/gmime.h>
#include <gtest/gtest.h>

#include <iostream>
#include <random>

#include "base/text.hpp"
#include "mail/address.hpp"

namespace hearback::mail {
namespace {

void collect(InternetAddressList* list, std::vector<std::string>& out) {
  for (int i = 0; i < internet_address_list_length(list); ++i) {
    auto* address = internet_address_list_get_address(list, i);
    if (INTERNET_ADDRESS_IS_GROUP(address)) {
      collect(internet_address_group_get_members(INTERNET_ADDRESS_GROUP(address)), out);
    } else {
      auto* spec = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address));
      if (spec) out.push_back(normal_form(spec).value_or(""));
    }
  }
}

std::vector<std::string> read_with_gmime(const std::string& field) {
  std::vector<std::string> out;
  auto* list = internet_address_list_parse(nullptr, field.c_str());
  if (!list) return out;
  collect(list, out);
  g_object_unref(list);
  return out;
}

TEST(GMime, S3_ReadsTheSameAddresses) {
  g_mime_init();
  std::mt19937 random(2026);
  constexpr std::string_view names[] = {"",
                                        "Jane Doe ",
                                        "\"Doe, Jane\" ",
                                        "\"x@y.example\" ",
                                        "J. Doe ",
                                        "=?utf-8?Q?J=C3=BCrgen?= ",
                                        "(c, d) "};
  constexpr std::string_view specs[] = {"a@b.example",       "Jane.Doe@Example.ORG",
                                        "a+b@c-d.example",   "\"jane doe\"@example.org",
                                        "o'neill@e.example", "user@[192.0.2.1]"};
  constexpr std::string_view joints[] = {", ", ",\r\n ", ", (comment) ", " , "};
  auto pick = [&](auto& list) { return list[random() % std::size(list)]; };
  int fields = 0;
  for (int i = 0; i < 5000; ++i, ++fields) {
    std::string field;
    int count = 1 + int(random() % 4);
    bool group = random() % 5 == 0;
    if (group) field += "Team: ";
    for (int k = 0; k < count; ++k) {
      if (k) field += pick(joints);
      auto name = pick(names);
      bool angle = !name.empty() || random() % 2;
      field += name;
      field += angle ? "<" + std::string(pick(specs)) + ">" : std::string(pick(specs));
      if (random() % 4 == 0) field += " (note)";
    }
    if (group) field += ";";
    std::vector<std::string> ours;
    for (auto& address : parse_addresses(field)) ours.push_back(address.normal);
    ASSERT_EQ(ours, read_with_gmime(field)) << field;
  }
  std::cout << fields << " generated fields read alike\n";
}

}  // namespace
}  // namespace hearback::mail
#endif
