// Files are read by a real child, as the server has them read, into each database.
#include "scheduler/reading.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "fakes/document_files.hpp"
#include "fakes/still_env.hpp"
#include "fakes/store_conformance.hpp"
#include "mail/codec.hpp"
#include "mail/parse.hpp"
#include "store/search/tables.hpp"

namespace hearback::scheduler {
namespace {

using namespace fakes;
using store::Found;

// The real one, and what it was given.
class Watched final : public FileReader {
 public:
  FileReading read(rules::FileKind kind, std::string_view octets, Duration at_most,
                   const std::function<bool()>& stopping) override {
    if (without_pdf && kind == rules::FileKind::pdf) return {FileReading::End::no_program, {}};
    if (slow && kind == rules::FileKind::pdf) return {FileReading::End::unreadable, {}};
    // Not what it tries out first.
    const bool is_file = octets.size() > 20 && !octets.contains("(readable)");
    if (is_file) ++files;
    if (is_file && octets.size() < 100) given.emplace_back(octets);
    if (is_file && before) before();
    if (is_file && !stuck.empty() && octets.contains(stuck)) return {FileReading::End::not_now, {}};
    if (is_file && no_process) return {FileReading::End::not_now, {}};
    if (is_file && gone_amid) return {FileReading::End::no_program, {}};
    return real.read(kind, octets, at_most, stopping);
  }
  ChildFileReader real{std::filesystem::read_symlink("/proc/self/exe").parent_path() /
                       "reading_child"};
  int files = 0;
  std::vector<std::string> given;  // the short ones
  std::string stuck;               // what can't be read just now contains this
  bool without_pdf = false, slow = false, no_process = false, gone_amid = false;
  std::function<void()> before;
};

struct FileSent {
  std::string name, type, octets;
};

class Reading : public store::Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", rules::Role::admin, true);
    wanda = add_candidate("Wanda", {"wanda@home.example"});
  }

  // As it would come: a real source, with the files where parsing finds them.
  MessageId letter(std::string subject, std::string text, std::vector<FileSent> files) {
    now = now + 1min;
    std::string raw = "From: wanda@home.example\r\nTo: ben@acme.example\r\nSubject: " + subject +
                      "\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
                      "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" +
                      text + "\r\n";
    for (const auto& file : files)
      raw += "--b\r\nContent-Type: " + file.type +
             "\r\nContent-Disposition: attachment; filename=\"" + file.name +
             "\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
             mail::encode_base64_lines(file.octets) + "\r\n";
    raw += "--b--\r\n";
    const auto parsed = mail::parse(raw);
    EXPECT_TRUE(parsed);
    auto m = message("m" + subject, "wanda@home.example", "ben@acme.example");
    m.envelope.subject = subject;
    for (const auto& part : parsed->attachments)
      m.attachments.push_back({part.index, part.filename, part.type, part.content.size(), "",
                               part.is_inline, part.extent});
    const auto t = thread(wanda, subject);
    commit(store::PutBlob{m.raw, raw},
           store::AddMessage{m, now, words_of(m, rules::own_words(parsed->text))},
           store::AddThread{t},
           store::PlaceMessage{{t.id, wanda, m.id, rules::PlacedBy::address, ""}, m.date});
    return m.id;
  }

  // As a colleague puts it on Wanda's profile.
  UploadId put(std::string name, std::string octets, std::string type = "application/pdf") {
    now = now + 1min;
    const auto id = make<UploadId>();
    const auto blob = make<BlobId>();
    const auto size = octets.size();
    commit(store::PutBlob{blob, std::move(octets)},
           store::AddUpload{id, anna.id, std::move(name), std::move(type), blob, size, now},
           store::AddFile{id, wanda, as(anna), now});
    return id;
  }
  store::FoundFiles::Answer search_files(std::string_view typed) {
    return ask(store::FoundFiles{as(anna), rules::read_search(typed), {{}, 20}});
  }
  std::vector<std::string> files(std::string_view typed) {
    std::vector<std::string> names;
    for (auto& row : search_files(typed).rows) names.push_back(row.filename);
    return names;
  }

  // Until nothing is left: each round ends with a message, as sleeping does.
  void read_all() {
    for (int rounds = 0; rounds < 100; ++rounds) {
      ReadingFiles reading(env, *store, reader);
      auto run = reading.run();
      run.start();
      if (!run.done()) return;  // it waits for more
    }
    ADD_FAILURE() << "it never ends";
  }

  // One that goes on; it ends with the first message that it reads.
  struct Running {
    Running(StillEnv& env, store::Store& store, FileReader& reader)
        : reading(env, store, reader), run(reading.run()) {
      run.start();
    }
    ReadingFiles reading;
    Task<void> run;
  };
  void pass(Duration time) {
    env.clock = env.clock + time;
    env.let_time_pass();
  }

  // The blob's file of a message, in the place of which stands what can't be read just now.
  class Hidden {
   public:
    explicit Hidden(std::filesystem::path file) : file_(std::move(file)) {
      std::filesystem::rename(file_, file_.string() + "-kept");
      std::filesystem::create_symlink(file_, file_);
    }
    ~Hidden() {
      std::filesystem::remove(file_);
      std::filesystem::rename(file_.string() + "-kept", file_);
    }

   private:
    std::filesystem::path file_;
  };
  std::filesystem::path only_blob_file() const {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(options.blob_directory))
      if (entry.is_regular_file() && entry.path().filename().string().size() == 32)
        files.push_back(entry.path());
    EXPECT_EQ(files.size(), 1u);
    return files.at(0);
  }
  static std::string large_text() { return "rubies in a large one " + std::string(100'000, ' '); }

  Found::Answer search(std::string_view typed) {
    return ask(Found{as(anna), rules::read_search(typed), {{}, 20}});
  }
  std::vector<std::string> found(std::string_view typed) {
    std::vector<std::string> subjects;
    for (auto& row : search(typed).rows) subjects.push_back(row.message.envelope.subject);
    return subjects;
  }
  using Subjects = std::vector<std::string>;

  StillEnv env;
  Watched reader;
  rules::User anna;
  CandidateId wanda;
};
HEARBACK_ON_EACH_DATABASE(Reading);

TEST_P(Reading, M6_FilesAreFoundByWhatStandsInThem) {
  const auto all =
      letter("all", "Please see attached",
             {{"CV.pdf", "application/pdf", pdf_of("I run Kubernetes clusters")},
              {"letter.docx", "application/octet-stream", docx_of("Terraform at Z\u00fcrich")},
              {"notes.odt", "application/octet-stream", odt_of("Ansible")},
              {"plain.txt", "text/plain", "Puppet and Chef in M\xFCnchen"},
              {"photo.jpg", "image/jpeg", "Saltstack"}});
  letter("none", "Kubernetes in the mail itself", {});
  EXPECT_FALSE(search("kubernetes").complete);
  EXPECT_EQ(found("kubernetes"), Subjects{"none"});
  read_all();
  EXPECT_EQ(reader.files, 4);
  EXPECT_TRUE(search("kubernetes").complete);
  const std::pair<std::string_view, Subjects> cases[] = {
      {"kubernetes", {"none", "all"}},
      {"KUBER", {"none", "all"}},
      {"kubernetes attached", {"all"}},  // one in a file, one in the mail
      {"\"kubernetes clusters\"", {"all"}},
      {"terraform zurich", {"all"}},
      {"ansible", {"all"}},
      {"munchen puppet", {"all"}},
      {"saltstack", {}},
      {"\"clusters terraform\"", {}},  // from one file into the next
      {"\"attached i\"", {}},          // from the mail into a file
      {"\"pdf i\"", {}},
      {"kubernetes -ansible", {"none"}},
      {"file:kubernetes", {}},
      {"subject:kubernetes", {}},
      {"file:cv", {"all"}},
      {"has:file kubernetes", {"all"}},
  };
  for (const auto& [typed, expected] : cases) EXPECT_EQ(found(typed), expected) << typed;
  const auto contents = ask(store::ContentsOf{as(anna), all});
  ASSERT_EQ(contents.size(), 4u);
  EXPECT_EQ(contents[0].index, 0);
  EXPECT_EQ(contents[0].text.substr(0, 25), "I run Kubernetes clusters");
  EXPECT_EQ(contents[3].text, "Puppet and Chef in M\u00fcnchen");
  const auto ben = add_user("ben", rules::Role::evaluator);
  EXPECT_TRUE(ask(store::ContentsOf{as(ben), all}).empty());
  // Nothing is left to be read.
  reader.files = 0;
  read_all();
  EXPECT_EQ(reader.files, 0);
}

TEST_P(Reading, SEC18_AFileThatCantBeReadIsTriedOnce) {
  std::string large = docx_body("");
  large += std::string(100u << 20, ' ');
  letter("odd", "text",
         {{"broken.pdf", "application/pdf", "%PDF-1.4\nnothing of the kind, but long enough"},
          {"encrypted.pdf", "application/pdf", encrypted_pdf_of("secret")},
          {"drawn.pdf", "application/pdf", pdf_of("")},
          {"bomb.docx", "application/octet-stream", archive_of({{"word/document.xml", large}})},
          {"empty.docx", "application/octet-stream", archive_of({{"word/styles.xml", "<a/>"}})},
          {"good.txt", "text/plain", "the last one is good after all"}});
  read_all();
  EXPECT_EQ(reader.files, 6);
  EXPECT_TRUE(search("text").complete);
  EXPECT_EQ(found("\"last one\""), Subjects{"odd"});
  EXPECT_EQ(found("secret"), Subjects{});
  read_all();
  EXPECT_EQ(reader.files, 6);
}

TEST_P(Reading, M6_W9_FilesOfProfilesAreFoundByWhatStandsInThem) {
  const auto cv = put("CV.pdf", pdf_of("I run Kubernetes clusters"));
  put("letter.docx", docx_of("Terraform at Z\u00fcrich"), "application/octet-stream");
  put("notes.txt", "Puppet and Chef in M\xFCnchen", "text/plain");
  put("photo.jpg", "Saltstack", "image/jpeg");
  put("broken.pdf", "%PDF-1.4\nnothing of the kind, but long enough");
  letter("mail", "text", {{"a.txt", "text/plain", "gold at the bottom of it"}});
  EXPECT_FALSE(search_files("kubernetes").complete);
  EXPECT_EQ(files("kubernetes"), Subjects{});
  EXPECT_EQ(files("cv"), Subjects{"CV.pdf"});  // by its name at once
  read_all();
  EXPECT_EQ(reader.files, 5);
  EXPECT_TRUE(search_files("kubernetes").complete);
  const std::pair<std::string_view, Subjects> cases[] = {
      {"kubernetes", {"CV.pdf"}},
      {"\"kubernetes clusters\"", {"CV.pdf"}},
      {"terraform zurich", {"letter.docx"}},
      {"munchen", {"notes.txt"}},
      {"saltstack", {}},
      {"broken", {"broken.pdf"}},
      {"gold", {}},
  };
  for (const auto& [typed, expected] : cases) EXPECT_EQ(files(typed), expected) << typed;
  EXPECT_EQ(found("gold"), Subjects{"mail"});
  EXPECT_EQ(found("kubernetes"), Subjects{});
  EXPECT_EQ(ask(store::OwnFileText{as(anna), wanda, cv})->substr(0, 25),
            "I run Kubernetes clusters");
  read_all();
  EXPECT_EQ(reader.files, 5) << "none is read twice";
}

// Neither waits until all of the other has been read.
TEST_P(Reading, M6_W9_MessagesAndFilesOfProfilesHaveTheirTurns) {
  for (const std::string number : {"1", "2", "3"}) {
    letter("mail" + number, "text",
           {{"a.txt", "text/plain", "stuck in a mail for long " + number}});
    put("CV.txt", "stuck on a profile for long " + number, "text/plain");
  }
  reader.stuck = "stuck";
  Running running(env, *store, reader);
  EXPECT_EQ(reader.given,
            (Subjects{"stuck in a mail for long 3", "stuck on a profile for long 3",
                      "stuck in a mail for long 2", "stuck on a profile for long 2",
                      "stuck in a mail for long 1", "stuck on a profile for long 1"}));
}

// As a message does: begun is kept, and has an end; others are read.
TEST_P(Reading, SEC18_NoFileOfAProfileStopsTheServerForEver) {
  if (GetParam() == store::On::memory) return;
  put("older.txt", "gold of the older file", "text/plain");
  put("poison.txt", "poison of the newer file", "text/plain");
  const struct Killed {
  } killed;
  reader.before = [&] { throw killed; };
  for (int i = 0; i < 3; ++i) {
    EXPECT_THROW(
        {
          ReadingFiles reading(env, *store, reader);
          finish(reading.run());
        },
        Killed);
    store.reset();
    store = open();
  }
  EXPECT_FALSE(search_files("text").complete);
  reader.before = {};
  read_all();
  EXPECT_EQ(reader.files, 4);
  EXPECT_EQ(files("gold"), Subjects{"older.txt"});
  EXPECT_EQ(files("poison"), Subjects{"poison.txt"});  // by its name
  EXPECT_EQ(files("\"newer file\""), Subjects{});
  EXPECT_TRUE(search_files("text").complete);
}

TEST_P(Reading, M6_W9_AFileOfAProfileWaitsForItsProgram) {
  put("CV.pdf", pdf_of("Kubernetes at large"));
  reader.without_pdf = true;
  read_all();
  EXPECT_EQ(files("kubernetes"), Subjects{});
  EXPECT_EQ(files("cv"), Subjects{"CV.pdf"});
  EXPECT_TRUE(search_files("kubernetes").complete);
  reader.without_pdf = false;
  read_all();
  EXPECT_EQ(files("kubernetes"), Subjects{"CV.pdf"});
}

// What can't be read just now rests, and holds up no other.
TEST_P(Reading, M6_W9_OneThatCantBeReadJustNowKeepsNoOtherWaiting) {
  put("older.txt", "gold at the bottom of it", "text/plain");
  put("stuck.txt", "stuck for a while at least", "text/plain");
  letter("mail", "text", {{"a.txt", "text/plain", "sapphires in the mail"}});
  reader.stuck = "stuck";
  for (int i = 0; i < 2; ++i) Running running(env, *store, reader);
  read_all();
  EXPECT_EQ(files("gold"), Subjects{"older.txt"});
  EXPECT_EQ(found("sapphires"), Subjects{"mail"});
  EXPECT_FALSE(search_files("gold").complete);
  reader.stuck.clear();
  read_all();
  EXPECT_EQ(files("stuck while"), Subjects{"stuck.txt"});
}

// Whoever begins to be forgotten while it is read leaves nothing of it behind.
TEST_P(Reading, D1_W9_NothingIsKeptOfWhatWasReadAmidForgetting) {
  const auto cv = put("CV.txt", "gold at the bottom of it", "text/plain");
  reader.before = [&] { commit(store::ForgetCandidate{wanda, as(anna), now}); };
  read_all();
  EXPECT_EQ(reader.files, 1);
  EXPECT_EQ(files("gold"), Subjects{});
  EXPECT_FALSE(ask(store::OwnFileText{engine(), wanda, cv}));
  reader.before = {};
  read_all();
  EXPECT_EQ(reader.files, 1) << "it is read no more";
}

// A server that is killed amid a message begins it again, but not for ever; the others are read.
TEST_P(Reading, SEC18_NoFileStopsTheServerForEver) {
  if (GetParam() == store::On::memory) return;
  letter("older", "text", {{"a.txt", "text/plain", "gold of the older message"}});
  letter("poison", "text", {{"b.txt", "text/plain", "poison of the newer message"}});
  const struct Killed {
  } killed;
  reader.before = [&] { throw killed; };
  for (int i = 0; i < 3; ++i) {
    EXPECT_THROW(
        {
          ReadingFiles reading(env, *store, reader);
          finish(reading.run());
        },
        Killed);
    store.reset();
    store = open();
  }
  EXPECT_EQ(reader.files, 3);
  EXPECT_FALSE(search("text").complete);
  reader.before = {};
  read_all();
  EXPECT_EQ(reader.files, 4);
  EXPECT_EQ(found("gold"), Subjects{"older"});
  EXPECT_EQ(found("poison"), Subjects{"poison"});  // by its subject
  EXPECT_EQ(found("\"newer message\""), Subjects{});
  EXPECT_TRUE(search("text").complete);
}

// Trouble that passes is no file's fault, nor does it come again at every commit.
TEST_P(Reading, SEC18_WhatCantBeReadJustNowIsNoTryOfItsOwn) {
  letter("hers", "text", {{"a.txt", "text/plain", "gold at the bottom of it"}});
  reader.no_process = true;
  for (int i = 0; i < 4; ++i) {
    reader.files = 0;
    Running running(env, *store, reader);
    EXPECT_FALSE(running.run.done());
    commit(store::AddThread{thread(wanda)});
    env.settle();
    EXPECT_EQ(reader.files, 1);
    EXPECT_FALSE(running.run.done());
  }
  reader.no_process = false;
  read_all();
  EXPECT_EQ(found("gold"), Subjects{"hers"});
}

// What can't be read of a disk hides nothing that was found before, and holds up no other.
TEST_P(Reading, M6_AFileThatItsDiskDoesNotGiveHidesNothing) {
  if (GetParam() == store::On::memory) return;
  letter("older", "text", {{"a.txt", "text/plain", "gold at the bottom of it"}});
  letter("newer", "own sapphires", {{"b.txt", "text/plain", large_text()}});
  {
    const Hidden hidden(only_blob_file());
    read_all();
    EXPECT_EQ(found("gold"), Subjects{"older"});
    EXPECT_EQ(found("sapphires"), Subjects{"newer"});
    EXPECT_FALSE(search("rubies").complete);
  }
  read_all();
  EXPECT_EQ(found("sapphires rubies"), Subjects{"newer"});
  EXPECT_TRUE(search("rubies").complete);
}

// Nor do many of them.
TEST_P(Reading, M6_ManyThatCantBeReadJustNowHideNoOlderMail) {
  letter("older", "text", {{"a.txt", "text/plain", "gold at the bottom of it"}});
  for (int i = 0; i < 20; ++i)
    letter("stuck" + std::to_string(i), "text", {{"b.txt", "text/plain", "stuck for a while yet"}});
  reader.stuck = "stuck";
  Running running(env, *store, reader);
  EXPECT_TRUE(running.run.done());
  EXPECT_EQ(found("gold"), Subjects{"older"});
  EXPECT_EQ(reader.files, 21);
  EXPECT_FALSE(search("while").complete);
}

TEST_P(Reading, M6_ADamagedSourceIsFoundAsBefore) {
  if (GetParam() == store::On::memory) return;
  letter("hers", "own sapphires", {{"b.txt", "text/plain", large_text()}});
  const auto file = only_blob_file();
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1);
  std::fstream(file, std::ios::in | std::ios::out | std::ios::binary).seekp(10).put('!').put('?');
  read_all();
  EXPECT_EQ(found("sapphires"), Subjects{"hers"});
  EXPECT_TRUE(search("rubies").complete);
}

TEST_P(Reading, M6_WhatIsIndexedAgainWaitsForItsSource) {
  if (GetParam() == store::On::memory) return;
  letter("older", "own gold", {});
  letter("newer", "own sapphires", {{"b.txt", "text/plain", large_text()}});
  tables()->write([](store::Db& db) { store::index_again(db); });
  {
    const Hidden hidden(only_blob_file());
    EXPECT_TRUE(*store->make_findable());
    EXPECT_EQ(found("gold"), Subjects{"older"});
    const auto more = store->make_findable();
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().kind, Kind::transient);
    EXPECT_FALSE(search("sapphires").complete);
  }
  while (*store->make_findable()) {
  }
  EXPECT_EQ(found("sapphires"), Subjects{"newer"});
}

// A slow moment isn't the want of a program.
TEST_P(Reading, M6_AProgramThatWasSlowIsAskedAgain) {
  letter("hers", "text", {{"CV.pdf", "application/pdf", pdf_of("Kubernetes at large")}});
  reader.slow = true;
  {
    Running running(env, *store, reader);  // it ends with what waits for a program
    EXPECT_TRUE(running.run.done());
  }
  Running running(env, *store, reader);
  EXPECT_FALSE(running.run.done());
  reader.slow = false;
  pass(61s);
  EXPECT_TRUE(running.run.done());
  EXPECT_EQ(found("kubernetes"), Subjects{"hers"});
}

// Likewise amid its work.
TEST_P(Reading, M6_ASlowMomentLosesNoFile) {
  letter("hers", "text", {{"CV.pdf", "application/pdf", pdf_of("Kubernetes at large")}});
  reader.before = [&] { reader.slow = true; };
  reader.gone_amid = true;
  {
    Running running(env, *store, reader);
    EXPECT_FALSE(running.run.done());
  }
  reader.before = {};
  reader.slow = reader.gone_amid = false;
  read_all();
  EXPECT_EQ(found("kubernetes"), Subjects{"hers"});
}

TEST_P(Reading, M6_AProgramThatWasInstalledIsFound) {
  letter("hers", "text", {{"CV.pdf", "application/pdf", pdf_of("Kubernetes at large")}});
  reader.without_pdf = true;
  read_all();
  Running running(env, *store, reader);
  reader.without_pdf = false;
  pass(61s);
  EXPECT_FALSE(running.run.done());  // it doesn't ask all the time
  pass(60min);
  EXPECT_TRUE(running.run.done());
  EXPECT_EQ(found("kubernetes"), Subjects{"hers"});
}

// Once there is a program that reads PDFs, those that came before have their turn.
TEST_P(Reading, M6_WithoutAProgramForPdfTheOthersAreRead) {
  reader.without_pdf = true;
  letter("both", "text",
         {{"CV.pdf", "application/pdf", pdf_of("Kubernetes at large")},
          {"a.txt", "text/plain", "gold at the bottom of it"}});
  read_all();
  EXPECT_EQ(found("gold"), Subjects{"both"});
  EXPECT_EQ(found("kubernetes"), Subjects{});
  EXPECT_TRUE(search("gold").complete);
  reader.without_pdf = false;
  read_all();
  EXPECT_EQ(found("gold kubernetes"), Subjects{"both"});
  EXPECT_EQ(reader.files, 3);
}

// Another version has other words: those of files are made again from what was kept of them.
TEST_P(Reading, M6_WhatIsIndexedAgainKeepsWhatStandsInFiles) {
  if (GetParam() == store::On::memory) return;
  letter("hers", "text", {{"a.txt", "text/plain", "gold at the bottom of it"}});
  read_all();
  tables()->write([](store::Db& db) { store::index_again(db); });
  EXPECT_EQ(found("gold"), Subjects{});
  while (*store->make_findable()) {
  }
  EXPECT_EQ(found("\"gold at\" text"), Subjects{"hers"});
  EXPECT_EQ(reader.files, 1);
}

// What lies in nobody's conversation, as it is sealed, is read once it does.
TEST_P(Reading, P1_WhatNobodySeesIsNotRead) {
  auto m = message("nobody", "wanda@home.example", "ben@acme.example");
  m.envelope.subject = "sealed";
  auto& file = m.attachments.emplace_back();
  file.filename = "a.txt";
  file.octets = 25;
  file.extent = mail::Extent{{3, 25}, mail::Coding::none};
  const auto t = thread(wanda);
  commit(store::PutBlob{m.raw, "abcgold at the bottom of it all"},
         store::AddMessage{m, now, words_of(m, "")});
  read_all();
  EXPECT_EQ(reader.files, 0);
  EXPECT_TRUE(search("gold").complete);
  commit(store::AddThread{t},
         store::PlaceMessage{{t.id, wanda, m.id, rules::PlacedBy::address, ""}, m.date});
  EXPECT_FALSE(search("gold").complete);
  read_all();
  EXPECT_EQ(found("gold bottom"), Subjects{"sealed"});
}

// Nothing of it is left, in no file of the data folder.
TEST_P(Reading, D1_WhatWasReadGoesWithTheCandidate) {
  const auto id = letter("hers", "text",
                         {{"CV.pdf", "application/pdf", pdf_of("canaryquick brown")},
                          {"a.txt", "text/plain", std::string(150'000, ' ') + "canarylarge fox"}});
  read_all();
  EXPECT_EQ(found("canaryquick canarylarge"), Subjects{"hers"});
  EXPECT_EQ(ask(store::ContentsOf{as(anna), id}).size(), 2u);
  commit(store::ForgetCandidate{wanda, as(anna), now});
  run_errands();
  EXPECT_EQ(found("canaryquick"), Subjects{});
  EXPECT_TRUE(ask(store::ContentsOf{engine(), id}).empty());
  ASSERT_TRUE(*store->clear_traces());
  if (GetParam() != store::On::file) return;
  store.reset();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string octets((std::istreambuf_iterator<char>(file)), {});
    for (const auto* word : {"canaryquick", "canarylarge"})
      EXPECT_EQ(octets.find(word), octets.npos) << entry.path() << word;
    EXPECT_NE(entry.path().parent_path().filename().string().size(), 2u) << entry.path();
  }
  store = open();
}

}  // namespace
}  // namespace hearback::scheduler
