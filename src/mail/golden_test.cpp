// Every tests/messages/*.eml is read as its *.json says. HEARBACK_WRITE_GOLDEN=1 writes the JSON
// of messages that have none yet, to be read by a person before it is kept.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/text.hpp"
#include "mail/kind.hpp"
#include "mail/parse.hpp"
#include "mail/text.hpp"

namespace hearback::mail {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

json::array addresses(const std::vector<Address>& list) {
  json::array out;
  for (auto& a : list)
    out.push_back(json::object{{"name", a.name}, {"spec", a.spec}, {"normal", a.normal}});
  return out;
}

json::array strings(const std::vector<std::string>& list) {
  return json::array(list.begin(), list.end());
}

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::human: return "human";
    case Kind::automatic: return "automatic";
    case Kind::bounce: return "bounce";
    case Kind::list: return "list";
  }
  return "";
}

json::object describe(const Parsed& message) {
  auto& e = message.envelope;
  json::object out;
  out["from"] = addresses(e.from);
  out["to"] = addresses(e.to);
  out["subject"] = e.subject;
  out["date"] = e.date ? json::value(to_rfc3339(*e.date)) : json::value(nullptr);
  out["message_id"] = e.message_id;
  out["in_reply_to"] = strings(e.in_reply_to);
  out["references"] = strings(e.references);
  out["kind"] = kind_name(kind_of(message));
  out["text"] = message.text;
  out["html"] = message.html;
  auto split = split_quoted(message.text);
  out["fresh"] = split.fresh;
  out["quoted"] = split.quoted;
  out["signature"] = split.signature;
  out["snippet"] = snippet(message.text, 60);
  json::array attachments;
  for (auto& part : message.attachments)
    attachments.push_back(json::object{{"filename", part.filename},
                                       {"type", part.type},
                                       {"content_id", part.content_id},
                                       {"inline", part.is_inline},
                                       {"content_hex", to_hex(part.content.substr(0, 32))},
                                       {"octets", part.content.size()}});
  out["attachments"] = attachments;
  out["attached_ids"] = strings(message.attached_ids);
  out["defects"] = strings(message.defects);
  return out;
}

// One member a line, so that a change reads well.
std::string pretty(const json::object& object) {
  std::string out = "{\n";
  for (auto it = object.begin(); it != object.end(); ++it) {
    out += "  " + json::serialize(it->key()) + ": " + json::serialize(it->value());
    out += std::next(it) == object.end() ? "\n" : ",\n";
  }
  return out + "}\n";
}

TEST(Golden, S12_EveryMessageIsReadAsWritten) {
  fs::path folder = fs::path(HEARBACK_SOURCE_DIR) / "tests" / "messages";
  bool write = std::getenv("HEARBACK_WRITE_GOLDEN") != nullptr;
  int count = 0;
  for (auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".eml") continue;
    SCOPED_TRACE(entry.path().filename().string());
    auto parsed = parse(read_file(entry.path()));
    ASSERT_TRUE(parsed) << parsed.error().code;
    auto found = describe(*parsed);
    auto expected_path = fs::path(entry.path()).replace_extension(".json");
    if (write && !fs::exists(expected_path)) std::ofstream(expected_path) << pretty(found);
    auto expected = json::parse(read_file(expected_path)).as_object();
    for (auto& [key, value] : expected)
      EXPECT_EQ(json::serialize(found[key]), json::serialize(value)) << key;
    ++count;
  }
  EXPECT_GE(count, 30);
}

}  // namespace
}  // namespace hearback::mail
