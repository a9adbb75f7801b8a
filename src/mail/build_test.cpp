#include "mail/build.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "base/text.hpp"
#include "mail/address.hpp"
#include "mail/header.hpp"
#include "mail/kind.hpp"
#include "mail/parse.hpp"

namespace hearback::mail {
namespace {

Outgoing sample() {
  Outgoing out;
  out.from = {"Jürgen Müller", "jm@company.example", "jm@company.example"};
  out.to = {{"Doe, Jane", "jane@example.org", "jane@example.org"}};
  out.subject = "Ihre Bewerbung als Ingenieur – Rückfrage";
  out.date = {1795253400000};
  out.message_id = "0190@company.example";
  out.text = "Guten Tag,\n\nvielen Dank für Ihre Bewerbung.\n";
  return out;
}

void expect_sound_octets(const std::string& raw) {
  ASSERT_TRUE(raw.ends_with("\r\n"));
  bool header = true;
  std::string_view rest = raw;
  while (!rest.empty()) {
    auto end = rest.find("\r\n");
    ASSERT_NE(end, rest.npos);
    auto line = rest.substr(0, end);
    EXPECT_LE(line.size(), 998u);
    if (line.empty()) header = false;
    if (header) EXPECT_LE(line.size(), 78u) << line;
    for (char c : line) {
      ASSERT_TRUE(c != '\r' && c != '\n' && c != '\0');
      ASSERT_LT(static_cast<unsigned char>(c), 0x80u);
    }
    rest.remove_prefix(end + 2);
  }
}

std::string without_end(std::string_view text) {
  std::string out;
  for (char c : text)
    if (c != '\r') out += c;
  while (out.ends_with('\n') || out.ends_with(' ')) out.pop_back();
  return out;
}

void expect_reads_back(const Outgoing& given) {
  auto raw = build(given);
  ASSERT_TRUE(raw) << raw.error().what;
  expect_sound_octets(*raw);
  auto read = parse(*raw);
  ASSERT_TRUE(read);
  auto& e = read->envelope;
  EXPECT_EQ(e.from, std::vector<Address>{given.from});
  EXPECT_EQ(e.to, given.to);
  EXPECT_EQ(e.cc, given.cc);
  EXPECT_TRUE(e.bcc.empty());
  EXPECT_EQ(e.subject, given.subject);
  EXPECT_EQ(e.message_id, given.message_id);
  EXPECT_EQ(e.in_reply_to, given.in_reply_to);
  EXPECT_EQ(e.references, given.references);
  EXPECT_EQ(e.date, given.date);
  EXPECT_EQ(read->text, without_end(given.text));
  EXPECT_EQ(without_end(read->html), without_end(given.html));
  EXPECT_EQ(read->defects, std::vector<std::string>{});
  ASSERT_EQ(read->attachments.size(), given.attachments.size());
  for (auto& part : given.attachments) {
    auto found = std::find_if(read->attachments.begin(), read->attachments.end(), [&](auto& p) {
      return p.filename == part.filename && p.content == part.content &&
             p.content_id == part.content_id;
    });
    EXPECT_NE(found, read->attachments.end()) << part.filename;
  }
}

TEST(Build, PlainText) {
  auto m = sample();
  expect_reads_back(m);
  auto raw = *build(m);
  EXPECT_EQ(raw.find("Bcc"), raw.npos);
  EXPECT_EQ(kind_of(*parse(raw)), Kind::human);
}

TEST(Build, W8_HtmlIsSentAsGiven) {
  auto m = sample();
  m.html = "<p>Guten Tag,</p><p>ein Bild: <img src=\"cid:logo@x\"></p>";
  m.attachments = {{"logo.png", "image/png", "logo@x", std::string("\x89PNG\r\n\x1a\n\0", 9)},
                   {"Lebenslauf Jürgen.pdf", "application/pdf", "", std::string(1000, '\xff')},
                   {std::string(120, 'x') + "é.txt", "text/plain; charset=utf-8", "", "a\nb"}};
  expect_reads_back(m);
  EXPECT_EQ(parse(*build(m))->html, m.html);
}

TEST(Build, W6_AutomaticMailSaysSo) {
  auto m = sample();
  m.automatic = true;
  EXPECT_EQ(kind_of(*parse(*build(m))), Kind::automatic);
}

TEST(Build, LongReferencesFold) {
  auto m = sample();
  for (int i = 0; i < 60; ++i)
    m.references.push_back(std::to_string(i) + "." + std::string(40, 'r') + "@company.example");
  m.in_reply_to = {m.references.back()};
  expect_reads_back(m);
}

// What other programs called their messages is referred to as it is.
TEST(Build, W7_WhatIsReadAsAnIdCanBeReferredTo) {
  for (const std::string& id : std::vector<std::string>{
           std::string(290, 'q') + "@example.org", std::string(995 - 12, 'q') + "@example.org",
           "gr\xC3\xBC\xC3\x9F"
           "e@example.org",
           std::string(60, 'x') + "\xC3\xA9@example.org", "=?x?q?a?=@example.org", "no-at-sign",
           "a\"b@example.org"}) {
    auto m = sample();
    m.in_reply_to = {id};
    m.references = {"first@example.org", id, "last@example.org"};
    auto raw = build(m);
    ASSERT_TRUE(raw) << id << ": " << raw.error().what;
    for (auto line : split(*raw, '\n')) {
      EXPECT_LE(line.size(), 999u);
      for (char c : line) EXPECT_LT(static_cast<unsigned char>(c), 0x80u);
    }
    auto read = *parse(*raw);
    bool joins = id.find('@') != id.npos;
    EXPECT_EQ(read.envelope.in_reply_to, joins ? m.in_reply_to : std::vector<std::string>{}) << id;
    if (joins) EXPECT_EQ(read.envelope.references, m.references) << id;
  }
}

TEST(Build, ManyRecipientsFold) {
  auto m = sample();
  for (int i = 0; i < 40; ++i) {
    auto spec = "person" + std::to_string(i) + "@example.org";
    m.cc.push_back({i % 2 ? "Pérson Nümber " + std::to_string(i) : "", spec, spec});
  }
  expect_reads_back(m);
}

TEST(Build, InternationalDomainsBecomeALabels) {
  auto m = sample();
  m.to = {{"", "info@m\xC3\xBCnchen.example", ""}};
  auto raw = build(m);
  ASSERT_TRUE(raw);
  EXPECT_NE(raw->find("To: info@xn--mnchen-3ya.example\r\n"), raw->npos);
  m.to = {{"", "r\xC3\xA9mi@example.org", ""}};
  ASSERT_FALSE(build(m));
  EXPECT_EQ(build(m).error().code, "mail.local-part-not-ascii");
}

TEST(Build, BccNeverShows) {
  auto m = sample();
  m.to.clear();
  m.bcc = {{"", "hidden@example.org", "hidden@example.org"}};
  auto raw = *build(m);
  EXPECT_EQ(raw.find("hidden"), raw.npos);
  EXPECT_NE(raw.find("To: undisclosed-recipients:;\r\n"), raw.npos);
}

TEST(Build, AttachedMessageTravelsAsOne) {
  auto m = sample();
  m.attachments = {{"original.eml", "message/rfc822", "",
                    "From: a@b.example\r\nMessage-ID: <o@b.example>\r\n\r\nHi\r\n"}};
  auto read = *parse(*build(m));
  ASSERT_EQ(read.attachments.size(), 1u);
  EXPECT_EQ(read.attachments[0].type, "message/rfc822");
  EXPECT_EQ(read.attached_ids, std::vector<std::string>{"o@b.example"});
}

TEST(Build, W7_TricksAreRefusedNamingTheField) {
  using Change = void (*)(Outgoing&, const std::string&);
  const std::pair<const char*, Change> fields[] = {
      {"From", [](Outgoing& m, const std::string& t) { m.from.name += t; }},
      {"From", [](Outgoing& m, const std::string& t) { m.from.spec += t; }},
      {"To", [](Outgoing& m, const std::string& t) { m.to[0].name += t; }},
      {"To", [](Outgoing& m, const std::string& t) { m.to[0].spec += t; }},
      {"Cc", [](Outgoing& m, const std::string& t) { m.cc = {{t, "a@b.example", ""}}; }},
      {"Bcc", [](Outgoing& m, const std::string& t) { m.bcc = {{t, "a@b.example", ""}}; }},
      {"Subject", [](Outgoing& m, const std::string& t) { m.subject += t; }},
      {"Message-ID", [](Outgoing& m, const std::string& t) { m.message_id += t; }},
      {"In-Reply-To", [](Outgoing& m, const std::string& t) { m.in_reply_to = {"a@b" + t}; }},
      {"References", [](Outgoing& m, const std::string& t) { m.references = {"a@b" + t}; }},
      {"X-Hearback-Id", [](Outgoing& m, const std::string& t) { m.hearback_id = "x" + t; }},
      {"attachment file name",
       [](Outgoing& m, const std::string& t) { m.attachments = {{"a" + t, "a/b", "", ""}}; }},
      {"attachment media type",
       [](Outgoing& m, const std::string& t) { m.attachments = {{"a", "a/b" + t, "", ""}}; }},
      {"attachment Content-ID",
       [](Outgoing& m, const std::string& t) { m.attachments = {{"a", "a/b", "c" + t, ""}}; }}};
  for (auto& [name, change] : fields)
    for (const std::string& trick : std::vector<std::string>{
             "\r\nBcc: evil@example.org", "\nX", "\rX", std::string("\0", 1), std::string("\x7f"),
             std::string("\xC2\x85"), std::string("\xE2\x80\xA8"), std::string("\xff")}) {
      auto m = sample();
      change(m, trick);
      auto raw = build(m);
      ASSERT_FALSE(raw) << name << " " << to_hex(trick);
      EXPECT_EQ(raw.error().kind, hearback::Kind::input);
      EXPECT_NE(raw.error().what.find(name), std::string::npos) << raw.error().what;
    }
}

TEST(Build, W7_MoreAddressTricks) {
  for (const std::string& spec : std::vector<std::string>{
           "a@b.example, c@d.example", "a@b.example>", "<a@b.example>", "a@b@c.d", "",
           "a b@c.example", "a@b.example (x", "\"a@b.example\"@c.example"}) {
    auto m = sample();
    m.to[0].spec = spec;
    EXPECT_FALSE(build(m)) << spec;
  }
  for (const std::string& type :
       std::vector<std::string>{"", "pdf", "multipart/mixed", "a/b/c", "text /plain"}) {
    auto m = sample();
    m.attachments = {{"a.txt", type, "", "x"}};
    EXPECT_FALSE(build(m)) << type;
  }
  for (const std::string& name :
       std::vector<std::string>{"../x", "a\\b", ".", "..", " x", std::string(300, 'x')}) {
    auto m = sample();
    m.attachments = {{name, "text/plain", "", "x"}};
    EXPECT_FALSE(build(m)) << name;
  }
}

// What is read of a text that was written; where it was cut no blank is left.
std::string kept(std::string_view text, std::size_t most) {
  return std::string(text.size() > most ? trim(utf8_prefix(text, most)) : text);
}

TEST(Build, W7_OfWhatIsTooLongTheStartIsReadBack) {
  for (std::size_t before = 0; before < 8; ++before) {
    auto m = sample();
    m.from.name = std::string(before, 'a');
    while (m.from.name.size() < 300) m.from.name += " 日本";
    m.from.name = std::string(trim(m.from.name));
    m.subject = m.from.name + " " + m.from.name + " " + m.from.name + " " + m.from.name;
    auto read = parse(*build(m));
    EXPECT_EQ(read->envelope.from.at(0).name, kept(m.from.name, Limits{}.name_octets));
    EXPECT_EQ(read->envelope.subject, kept(m.subject, Limits{}.subject_octets));
    EXPECT_EQ(trim(read->envelope.subject), read->envelope.subject);
  }
}

TEST(Build, W7_WhatIsBuiltParsesBackEqual) {
  rc::check("round trip", [] {
    auto words =
        *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(std::vector<std::string>{
            "a", "Ünï", "日本語テキスト", "=?utf-8?q?x?=", "\"quoted\"", "x,y", "<tag>", "From ",
            ".", "..", "(c)", "😀", "long", "--b", "=20", std::string(90, 'w'), "é"}));
    auto line = [&](std::string_view separator) {
      std::string out;
      for (auto& w : words) {
        if (!out.empty()) out += separator;
        out += w;
      }
      return out;
    };
    auto m = sample();
    m.subject = std::string(trim(line(" ")));
    m.from.name = m.subject;
    m.text = line("\n");
    if (*rc::gen::arbitrary<bool>()) m.html = "<p>" + line("<br>\n") + "</p>";
    auto content = *rc::gen::arbitrary<std::string>();
    if (*rc::gen::arbitrary<bool>()) m.attachments = {{"ä b.bin", "application/x-y", "", content}};
    auto raw = build(m);
    RC_ASSERT(raw.has_value());
    auto read = parse(*raw);
    RC_ASSERT(read.has_value());
    RC_ASSERT(read->envelope.subject == kept(m.subject, Limits{}.subject_octets));
    m.from.name = kept(m.from.name, Limits{}.name_octets);
    RC_ASSERT(read->envelope.from == std::vector<Address>{m.from});
    RC_ASSERT(read->text == without_end(m.text) || trim(m.text).empty());
    RC_ASSERT(read->html == m.html);
    RC_ASSERT(read->attachments.size() == m.attachments.size());
    if (!m.attachments.empty()) RC_ASSERT(read->attachments[0].content == content);
    for (auto row : split(*raw, '\n')) RC_ASSERT(row.size() <= 999u);
  });
}

}  // namespace
}  // namespace hearback::mail
