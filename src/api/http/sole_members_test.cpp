#include "api/http/sole_members.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/text.hpp"

namespace hearback::api {
namespace {

std::string twice(std::string_view text) {
  const auto parsed = parse_json(text);
  if (parsed.is == ParsedJson::Is::malformed) return "malformed";
  return parsed.is == ParsedJson::Is::named_twice ? parsed.twice : "none";
}

TEST(SoleMembers, O2_WhatAnObjectNamesAgainIsFound) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"({"a":1,"a":2})", "a"},
      {R"({"a":1,"a":1})", "a"},
      {R"({"a":{},"b":0,"a":[]})", "a"},
      {R"({"a":1,"\u0061":2})", "a"},
      {R"({"\u0061\u0062":1,"a\u0062":2})", "ab"},
      {R"({"":1,"":2})", ""},
      {R"({"imap":{"host":"a","port":1,"host":"b"}})", "imap.host"},
      {R"({"a":{"b":{}},"b":{"a":1,"c":{"d":1,"d":2}}})", "b.c.d"},
      {R"({"a":[{"b":1},{"b":1,"b":2}]})", "a.b"},
      {R"([{"b":1,"b":2}])", "b"},
      {"{\"a\":1,\"a\":", "a"},
      // The same name in another object, or in another spelling, is another member.
      {R"({"a":{"a":{"a":1}},"b":{"a":1}})", "none"},
      {R"([{"a":1},{"a":1}])", "none"},
      {R"({"a":1,"A":2,"a ":3,"ä":4,"a\u0308":5})", "none"},
      {R"({"a":"a","b":"a"})", "none"},
      {"{}", "none"},
      {"1", "none"},
      {"", "malformed"},
      {"{\"a\":1", "malformed"},
      {"{\"a\":1}}", "malformed"},
      {"{\"a\":1,}", "malformed"},
      {"{\"a\":1} {}", "malformed"},
      {"{'a':1}", "malformed"},
      {"/**/{}", "malformed"},
      {"{\"a\":\"\xff\"}", "malformed"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(twice(text), expected) << text;
}

TEST(SoleMembers, O2_WhatIsSaidBackIsShortAndHarmless) {
  const auto named = [](const std::string& name) {
    return twice("{\"" + name + "\":1,\"" + name + "\":2}");
  };
  EXPECT_EQ(named(std::string(200'000, 'a')), std::string(100, 'a'));
  EXPECT_EQ(named(R"(a\u0000\u001b[31m)"), "a[31m");
  std::string umlauts;
  for (int i = 0; i < 99; ++i) umlauts += "ä";
  EXPECT_LE(named("a" + umlauts).size(), 100u);
  EXPECT_TRUE(is_utf8(named("a" + umlauts)));
  std::string deep, name(90, 'n');
  for (int i = 0; i < 30; ++i) deep += "{\"" + name + "\":";
  EXPECT_EQ(twice(deep + "{\"x\":1,\"x\":2}").size(), 100u);
}

TEST(SoleMembers, O2_ValuesAreThoseOfBoost) {
  for (std::string_view text :
       {R"({"a":[1,-2,3.5,1e300,18446744073709551615,true,false,null,"x",{"b":{"c":[]}}],"d":{}})",
        R"( "\ud83d\ude00 and \n" )", "[[[]],{}]", "-0", "12345678901234567890123"}) {
    const auto parsed = parse_json(text);
    EXPECT_EQ(parsed.is, ParsedJson::Is::well_formed) << text;
    EXPECT_EQ(boost::json::serialize(parsed.value),
              boost::json::serialize(boost::json::parse(text)));
  }
  for (int depth : {31, 32, 33, 100'000}) {
    const auto nested = std::string(depth, '[') + std::string(depth, ']');
    boost::system::error_code wrong;
    boost::json::parse(nested, wrong);
    EXPECT_EQ(parse_json(nested).is == ParsedJson::Is::well_formed, !wrong) << depth;
  }
}

}  // namespace
}  // namespace hearback::api
