#include "rules/imported_lines.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "mail/folded.hpp"

namespace hearback::rules {
namespace {

using Cells = std::vector<std::string>;

template <class I>
I id(std::uint8_t number) {
  I made;
  made.bytes[15] = number;
  return made;
}

const Cells kHeader = {"External ID", "Name", "E-mail", "Job", "Phase", "Status"};

// Mara (M1) is a welder in phase Review; Lind and Otto share an address; Baker is closed, and two
// jobs are called Cook.
KnownOfLines world() {
  KnownOfLines known;
  known.sees_all_jobs = true;
  known.candidates_left = known.jobs_left = known.open_jobs_left = 10;
  const auto job = [&](std::uint8_t number, std::string title, bool open, std::string external) {
    KnownJob one;
    one.job = {id<JobId>(number), title, JobKind::offer, open, external};
    one.stages = first_stages(one.job.id, "en");
    one.version = 1;
    if (!external.empty()) known.jobs_by_id[external] = one.job.id;
    known.jobs_by_title.emplace(mail::folded(title), one.job.id);
    known.jobs[one.job.id] = one;
  };
  job(1, "Welder", true, "J1");
  job(2, "Baker", false, "");
  job(3, "Cook", true, "");
  job(4, "Cook", true, "J4");
  const auto person = [&](std::uint8_t number, std::string name, std::string external,
                          std::vector<std::string> addresses) {
    KnownPerson one;
    one.candidate.id = id<CandidateId>(number);
    one.candidate.name = name;
    one.candidate.external_id = external;
    for (const auto& text : addresses) {
      one.candidate.addresses.push_back({text, text, true, "", {}});
      known.people_by_address.emplace(text, one.candidate.id);
    }
    if (!external.empty()) known.people_by_id[external] = one.candidate.id;
    known.people[one.candidate.id] = one;
  };
  person(11, "Mara Lind", "M1", {"mara@home.example"});
  person(12, "Lind", "", {"lind@home.example", "both@home.example"});
  person(13, "Otto", "", {"both@home.example"});
  const auto& welder = known.jobs.at(id<JobId>(1));
  known.people.at(id<CandidateId>(11))
      .applications.push_back({id<ApplicationId>(21),
                               id<CandidateId>(11),
                               welder.job.id,
                               welder.stages.phases.at(1),
                               welder.stages.statuses.at(0),
                               {}});
  known.internal.insert("anna@acme.example");
  known.colleagues = {{"anna@acme.example", id<UserId>(31)}, {"ben@acme.example", id<UserId>(32)}};
  return known;
}

NewIds new_ids(std::uint8_t number = 99) {
  return {id<CandidateId>(number), id<ApplicationId>(number), id<JobId>(number),
          std::vector<StageId>{id<StageId>(1), id<StageId>(2), id<StageId>(3), id<StageId>(4),
                               id<StageId>(5), id<StageId>(6)}};
}

std::string told(const LineVerdict& verdict) {
  constexpr std::string_view kOutcomes[] = {"new", "changed", "same", "refused"};
  std::string text(kOutcomes[static_cast<std::size_t>(verdict.outcome)]);
  if (verdict.problem) text += " " + verdict.problem->code;
  for (const auto& one : verdict.changes)
    text += " " + one.what + ":" + (one.from.empty() ? "" : one.from + ">") + one.to;
  for (const auto& one : verdict.warnings)
    text += one.warning == Warning::internal_address ? " !internal"
            : one.warning == Warning::by_address     ? " !by-address"
            : one.warning == Warning::other_name     ? " !stays:" + one.detail
                                                     : " !repeated";
  return text;
}

std::string judged(const Cells& cells, const std::function<void(KnownOfLines&)>& with = {}) {
  auto known = world();
  if (with) with(known);
  const auto columns = columns_of(Imported::candidates, kHeader);
  return told(judge_candidate(read_line(2, columns, cells), known, new_ids(), {}));
}

TEST(ImportedLines, O3_WhatBecomesOfACandidatesLine) {
  const struct {
    Cells cells;
    std::string told;
  } table[] = {
      // external id, name, addresses, job, phase, status
      {{"", "Ada", "ada@home.example", "", "", ""}, "new name:Ada addresses:ada@home.example"},
      {{"A1", "Ada", "", "", "", ""}, "new name:Ada external_id:A1"},
      {{"A1", "Ada", "ada@home.example", "welder", "interview", ""},
       "new name:Ada addresses:ada@home.example external_id:A1 job:Welder phase:Interview"},
      {{"", "Ada", "ada@home.example", "J1", "", "Hired"},
       "new name:Ada addresses:ada@home.example job:Welder status:Hired"},
      {{"M1", "Mara Lind", "mara@home.example", "Welder", "Review", "New"}, "same"},
      {{"M1", "", "", "", "", ""}, "same"},
      {{"M1", "Mara L.", "", "", "", ""}, "changed name:Mara Lind>Mara L."},
      {{"M1", "", "m@work.example mara@home.example", "", "", ""},
       "changed addresses:m@work.example"},
      {{"", "", "mara@home.example", "", "", ""}, "same !by-address"},
      {{"", "Mara Doe", "mara@home.example", "", "", ""}, "same !by-address !stays:Mara Lind"},
      {{"L1", "M. Lind", "lind@home.example", "", "", ""},
       "changed name:Lind>M. Lind external_id:L1 !by-address"},
      {{"M2", "", "mara@home.example", "", "", ""}, "refused import.other-external-id"},
      {{"L1", "", "lind@home.example", "", "", ""}, "changed external_id:L1 !by-address"},
      {{"", "", "both@home.example", "", "", ""}, "refused import.several-people"},
      {{"M1", "", "lind@home.example", "", "", ""}, "refused import.address-shared"},
      {{"M1", "", "", "Welder", "Offer", ""}, "changed phase:Review>Offer"},
      {{"M1", "", "", "", "Offer", ""}, "changed phase:Review>Offer"},
      {{"L1", "Lind", "lind@home.example", "", "Offer", ""}, "refused import.job-needed"},
      {{"M1", "", "", "Welder", "", "hired"}, "changed status:New>Hired"},
      {{"M1", "", "", "Cook", "", ""}, "refused import.several-jobs"},
      {{"M1", "", "", "J4", "", ""}, "changed job:Cook"},
      {{"M1", "", "", "Baker", "", ""}, "refused job.closed"},
      {{"M1", "", "", "Plumber", "", ""}, "refused job.unknown"},
      {{"M1", "", "", "Welder", "Dreaming", ""}, "refused import.stage-unknown"},
      {{"", "Ada", "", "", "", ""}, "refused import.nothing-to-match"},
      {{"A1", "", "ada@home.example", "", "", ""}, "refused import.no-name"},
      {{"A1", "Ada", "ada at home", "", "", ""}, "refused address.invalid"},
      {{"A1", "Ada", "anna@acme.example", "", "", ""},
       "new name:Ada addresses:anna@acme.example external_id:A1 !internal"},
      {{"A1", "Ada", "", "", "", "", "one more"}, "refused import.too-many-cells"},
      {{"A1", "Ada", "", "", "", "", " "}, "new name:Ada external_id:A1"},
      {{"A1", std::string(201, 'a'), "", "", "", ""}, "refused import.too-long"},
      {{"=1+1", "=HYPERLINK(\"x\")", "", "", "", ""},
       "new name:=HYPERLINK(\"x\") external_id:=1+1"},
      {{"A1"}, "refused import.no-name"},
      {{"", "Ada", "anna@acme.example", "", "", ""}, "refused import.colleagues-address"},
      {{"M1", "", "", std::string(201, 'a'), "", ""}, "refused import.too-long"},
      {{"A  1", "Ada", "", "", "", ""}, "new name:Ada external_id:A  1"},
      // A blank of whatever script is no id, nor a job, nor part of an address.
      {{"\u00A0", "Ada", "", "", "", ""}, "refused import.nothing-to-match"},
      {{"\u200D", "Ada", "ada@home.example\u00A0", "\u3000", "", ""},
       "new name:Ada addresses:ada@home.example"},
      {{"\u3164A1\u2003", "Ada", "", "", "", ""}, "new name:Ada external_id:\u3164A1"},
  };
  for (const auto& row : table) EXPECT_EQ(judged(row.cells), row.told) << row.cells[0];
}

TEST(ImportedLines, O3_WhatTheAskerMayDecides) {
  const Cells ada = {"A1", "Ada", "", "", "", ""};
  EXPECT_EQ(judged(ada, [](auto& known) { known.sees_all_jobs = false; }),
            "refused candidate.job-needed");
  EXPECT_EQ(
      judged({"A1", "Ada", "", "Welder", "", ""}, [](auto& known) { known.sees_all_jobs = false; }),
      "new name:Ada external_id:A1 job:Welder");
  EXPECT_EQ(judged(ada, [](auto& known) { known.candidates_left = 0; }),
            "refused candidate.too-many-today");
}

// I-1: a colleague's address is no candidate's alone: whoever has it isn't everybody with it.
TEST(ImportedLines, I1_NobodyIsMatchedByAnInternalAddress) {
  const auto with = [](KnownOfLines& known) {
    known.people_by_address.emplace("anna@acme.example", id<CandidateId>(11));
  };
  EXPECT_EQ(judged({"", "Bob", "anna@acme.example", "", "", ""}, with),
            "refused import.colleagues-address");
  EXPECT_EQ(judged({"B1", "Bob", "anna@acme.example", "", "", ""}, with),
            "new name:Bob addresses:anna@acme.example external_id:B1 !internal");
  EXPECT_EQ(judged({"", "Lind", "lind@home.example anna@acme.example", "", "", ""}, with),
            "changed addresses:anna@acme.example !by-address !internal");
}

// O-5: L became part of Mara; what is said of them names and moves nothing that is there.
TEST(ImportedLines, O5_WhatLeadsByAMergedOnesIdMovesNothing) {
  const auto with = [](KnownOfLines& known) { known.people_by_id["L"] = id<CandidateId>(11); };
  EXPECT_EQ(judged({"L", "Lind", "", "Welder", "Offer", "Hired"}, with), "same");
  EXPECT_EQ(judged({"L", "", "l@home.example", "J4", "", ""}, with),
            "changed addresses:l@home.example job:Cook");
  EXPECT_EQ(judged({"M1", "", "", "Welder", "Offer", ""}, with), "changed phase:Review>Offer");
}

// What is there isn't said again: a colleague may have changed it since it was asked for.
TEST(ImportedLines, C14_APlanSaysOnlyWhatTheLineAdds) {
  auto known = world();
  const auto columns = columns_of(Imported::candidates, kHeader);
  auto plan = *judge_candidate(read_line(2, columns, Cells{"M1", "", "m@work.example"}), known,
                               new_ids(), {})
                   .candidate;
  EXPECT_EQ(plan.name, "");
  ASSERT_EQ(plan.added.size(), 1u);
  EXPECT_EQ(plan.added[0].normal, "m@work.example");
  plan =
      *judge_candidate(read_line(3, columns, Cells{"M1", "Mara"}), known, new_ids(), {}).candidate;
  EXPECT_EQ(plan.name, "Mara");
  EXPECT_TRUE(plan.added.empty());
  const auto of_jobs = columns_of(Imported::jobs, Cells{"ID", "Title", "Kind", "Team"});
  known.jobs.at(id<JobId>(1)).team = {id<UserId>(31)};
  const auto job = *judge_job(read_line(2, of_jobs, Cells{"J1", "", "", "ben@acme.example"}), known,
                              new_ids(), id<UserId>(31), "en")
                        .job;
  EXPECT_EQ(job.added, std::vector{id<UserId>(32)});
  EXPECT_FALSE(job.kind);
}

// What one line makes, the next one finds.
TEST(ImportedLines, O3_TheSameFileAgainChangesNothing) {
  auto known = world();
  const auto columns = columns_of(Imported::candidates, kHeader);
  const std::vector<Cells> file = {{"A1", "Ada", "ada@home.example", "Welder", "Offer", ""},
                                   {"", "Bo", "bo@home.example", "", "", ""},
                                   {"A1", "", "", "J4", "", ""},
                                   {"B1", "", "bo@home.example", "", "", ""}};
  std::vector<std::string> first, again;
  for (auto* all : {&first, &again})
    for (std::size_t i = 0; i < file.size(); ++i)
      all->push_back(told(judge_candidate(read_line(i, columns, file[i]), known,
                                          new_ids(static_cast<std::uint8_t>(100 + i)), {})));
  EXPECT_EQ(first, (Cells{"new name:Ada addresses:ada@home.example external_id:A1 job:Welder"
                          " phase:Offer",
                          "new name:Bo addresses:bo@home.example", "changed job:Cook",
                          "changed external_id:B1 !by-address"}));
  for (const auto& one : again) EXPECT_TRUE(one.starts_with("same")) << one;
}

TEST(ImportedLines, O3_WhatBecomesOfAJobsLine) {
  const Cells header = {"ID", "Title", "Kind", "Phases", "Team"};
  const auto columns = columns_of(Imported::jobs, header);
  const struct {
    Cells cells;
    std::string told;
  } table[] = {
      {{"J9", "Nurse", "", "", ""}, "new title:Nurse external_id:J9"},
      {{"", "Nurse", "Talentpool", "Call; Visit", "ben@acme.example"},
       "new title:Nurse kind:talent-pool team:ben@acme.example phases:Call phases:Visit"},
      {{"J1", "Welder", "Stellenangebot", "Application, Offer", ""}, "same"},
      {{"J1", "Welder (m/f)", "", "", ""}, "changed title:Welder>Welder (m/f)"},
      {{"", "welder", "", "", ""}, "changed title:Welder>welder"},
      {{"J9", "Welder", "", "", ""}, "new title:Welder external_id:J9"},
      {{"J2", "Baker", "", "", ""}, "changed external_id:J2"},
      {{"", "Cook", "", "", ""}, "refused import.several-jobs"},
      {{"J4", "", "campaign", "Taste", "anna@acme.example"},
       "changed kind:offer>campaign team:anna@acme.example phases:Taste"},
      {{"J4", "", "holiday", "", ""}, "refused import.kind-unknown"},
      {{"J4", "", "", "", "zoe@acme.example"}, "refused user.unknown"},
      {{"J9", "", "", "", ""}, "refused import.no-title"},
  };
  for (const auto& row : table) {
    auto known = world();
    EXPECT_EQ(
        told(judge_job(read_line(2, columns, row.cells), known, new_ids(), id<UserId>(31), "en")),
        row.told)
        << row.cells[0] << row.cells[1];
  }
  auto known = world();
  known.open_jobs_left = 0;
  EXPECT_EQ(told(judge_job(read_line(2, columns, table[0].cells), known, new_ids(), id<UserId>(31),
                           "en")),
            "refused jobs.too-many");
}

TEST(ImportedLines, O3_ALaterLineFindsAJobByTheTitleThatItHasNow) {
  auto known = world();
  const auto columns = columns_of(Imported::jobs, Cells{"ID", "Title"});
  const auto next = [&](const Cells& cells) {
    return told(judge_job(read_line(2, columns, cells), known, new_ids(), id<UserId>(31), "en"));
  };
  EXPECT_EQ(next({"J1", "Solderer"}), "changed title:Welder>Solderer");
  EXPECT_EQ(next({"", "Solderer"}), "same");
  EXPECT_EQ(next({"", "Welder"}), "new title:Welder");
  EXPECT_EQ(next({"", "Welder"}), "same");
}

// Who makes the first job of a title expects that nobody else does so meanwhile.
TEST(ImportedLines, O3_TheFirstOfATitleIsTold) {
  auto known = world();
  const auto columns = columns_of(Imported::jobs, Cells{"ID", "Title"});
  const auto first = [&](const Cells& cells) {
    return judge_job(read_line(2, columns, cells), known, new_ids(), id<UserId>(31), "en")
        .job->first;
  };
  EXPECT_TRUE(first({"", "Nurse"}));
  EXPECT_FALSE(first({"", "Nurse"}));
  EXPECT_FALSE(first({"J9", "Welder"})) << "another one than J1";
}

std::string columns_told(Imported what, Cells header) {
  std::string text;
  for (const auto column : columns_of(what, header))
    text += (text.empty() ? "" : " ") +
            (column == Column::none ? "-" : std::string(word_of_column(column)));
  return text;
}

TEST(ImportedLines, O3_ColumnsInThreeLanguagesAndAnyOrder) {
  const struct {
    Imported what;
    Cells header;
    std::string told;
  } table[] = {
      {Imported::candidates,
       {"Name", "Email", "External ID", "Job", "Phase", "Status"},
       "name addresses external_id job phase status"},
      {Imported::candidates,
       {"E-Mail-Adresse", "Nachname", "VORNAME", "Stelle", "Telefon"},
       "addresses last_name first_name job -"},
      {Imported::candidates,
       {"Prénom", "Nom", "Courriel", "Poste", "Étape", "Statut", "ID externe"},
       "first_name name addresses job phase status external_id"},
      {Imported::candidates,
       {"e_mail", "E-mail 2", "email3", "Name", "Full name", "Job 2"},
       "addresses addresses addresses name - -"},
      {Imported::jobs,
       {"Titel", "Art", "Externe ID", "Phasen", "Team", "Ort"},
       "title kind external_id phases team -"},
      {Imported::jobs,
       {"Intitulé", "Équipe", "Étapes", "Référence"},
       "title team phases external_id"},
  };
  for (const auto& row : table) EXPECT_EQ(columns_told(row.what, row.header), row.told);
  EXPECT_TRUE(wrong_with_columns(Imported::candidates, std::vector{Column::name}));
  EXPECT_FALSE(wrong_with_columns(Imported::candidates, std::vector{Column::addresses}));
  EXPECT_TRUE(wrong_with_columns(Imported::jobs, std::vector{Column::team}));
}

TEST(ImportedLines, O3_CellsAreReadAsPeopleWriteThem) {
  const auto columns = columns_of(Imported::candidates, Cells{"Nom", "Prénom", "E-mail"});
  auto line = read_line(4, columns, Cells{" Lind\n", "  Mara  Eva ", "a@x.example; b@x.example"});
  EXPECT_EQ(line.name, "Mara Eva Lind");
  EXPECT_EQ(line.addresses, (Cells{"a@x.example", "b@x.example"}));
  line = read_line(4, columns, Cells{"Lind", "", "Mara Lind <a@x.example>,a@x.example"});
  EXPECT_EQ(line.name, "Lind");
  EXPECT_EQ(line.addresses, Cells{"a@x.example"});
  line = read_line(4, columns, Cells{"a\u202Eb\tc\x01", "", "mailto:a@x.example"});
  EXPECT_EQ(line.name, "ab c");
  EXPECT_EQ(line.addresses, Cells{"a@x.example"});
}

// One cell of a large file holds nobody up: what is beyond what there may be isn't read.
TEST(ImportedLines, O3_ALineIsReadAsFarAsItMayGo) {
  std::string addresses, phases, names;
  for (int i = 0; addresses.size() < (1u << 20); ++i) {
    const auto number = std::to_string(i);
    addresses += "a" + number + "@home.example;";
    phases += "Phase " + number + ";";
    names += "Mara <a" + number + "@home.example>; ";
  }
  const auto candidates = columns_of(Imported::candidates, Cells{"ID", "E-mail", "E-mail 2"});
  const auto jobs = columns_of(Imported::jobs, Cells{"ID", "Phases", "Team"});
  const auto refused = [](const LineVerdict& verdict) { return told(verdict); };
  auto known = world();
  NamesOfLines asked;
  for (const auto& cell : {addresses, names}) {
    auto line = read_line(2, candidates, Cells{"A1", cell, cell});
    EXPECT_EQ(line.addresses.size(), 51u);
    EXPECT_EQ(refused(judge_candidate(line, known, new_ids(), {})), "refused import.too-long");
    add_names(Imported::candidates, line, asked);
    line = read_line(2, jobs, Cells{"J1", phases, cell});
    EXPECT_LE(line.phases.size(), 31u);
    EXPECT_LE(line.team.size(), 1001u);
    EXPECT_EQ(refused(judge_job(line, known, new_ids(), {}, "en")), "refused import.too-long");
    add_names(Imported::jobs, line, asked);
  }
  // Nor is less of it taken for all: an address behind a very long name.
  std::string words;
  for (int i = 0; i < 600; ++i) words += "word" + std::to_string(i) + " ";
  const auto behind = read_line(2, candidates, Cells{"A1", words + "<mara@home.example>", ""});
  EXPECT_EQ(refused(judge_candidate(behind, known, new_ids(), {})), "refused import.too-long");
  EXPECT_TRUE(asked.addresses.empty());
  EXPECT_TRUE(asked.colleagues.empty());
}

// A title's own letters are counted, not those that it has folded.
TEST(ImportedLines, O3_ALongTitleIsAskedFor) {
  std::string title;
  for (int i = 0; i < 120; ++i) title += "ß";
  NamesOfLines asked;
  const auto columns = columns_of(Imported::jobs, Cells{"Title"});
  add_names(Imported::jobs, read_line(2, columns, Cells{title}), asked);
  EXPECT_EQ(asked.titles.size(), 1u);
}

TEST(ImportedLines, O3_LinesThatNameTheSameAreFound) {
  const auto columns = columns_of(Imported::candidates, kHeader);
  std::vector<Line> lines;
  for (const auto& cells :
       {Cells{"A", "", "a@x.example"}, Cells{"B", "", "b@x.example"}, Cells{"A", "", ""},
        Cells{"", "", "A@X.example b@x.example"}, Cells{"", "", ""}, Cells{"", "", ""}})
    lines.push_back(read_line(lines.size() + 2, columns, cells));
  using Positions = std::vector<std::size_t>;
  EXPECT_EQ(named_before(Imported::candidates, lines),
            (std::vector<Positions>{{}, {}, {0}, {0, 1}, {}, {}}));
}

}  // namespace
}  // namespace hearback::rules
