// O-3: candidates and jobs from a CSV file.
#include <gtest/gtest.h>

#include "fakes/api_stand.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;
using fakes::ApiStand;

class Imports : public ::testing::Test {
 protected:
  Imports() {
    stand.found_company();
    ada = stand.session_of(stand.ada);
    max = stand.session_of(stand.max);
    eve = stand.session_of(stand.eve);
  }
  fakes::Answer post(const std::string& session, std::string path, std::string file,
                     std::string type = "text/csv; charset=utf-8") {
    auto request = ApiStand::request_for("POST", "/api/v1/imports/" + path);
    request.headers.emplace_back("content-type", std::move(type));
    request.headers.emplace_back("cookie", "hearback=" + session);
    request.headers.emplace_back("origin", "http://127.0.0.1:8025");
    request.headers.emplace_back("sec-fetch-site", "same-origin");
    request.body = std::move(file);
    return stand.send(std::move(request));
  }
  static std::string counts(const fakes::Answer& answer) {
    if (answer.status != 200) return answer.text;
    std::string text;
    for (const char* one : {"new", "changed", "same", "refused"})
      text += (text.empty() ? "" : " ") + std::to_string(answer.value.at(one).to_number<int>());
    return text;
  }
  static std::string line(const fakes::Answer& answer, std::size_t number) {
    const auto& one = answer.value.at("lines").as_array().at(number).as_object();
    std::string text = std::to_string(one.at("line").to_number<int>()) + " " +
                       std::string(one.at("outcome").as_string());
    if (one.at("problem").is_object())
      text += " " + std::string(one.at("problem").at("code").as_string());
    return text;
  }
  std::size_t candidates(const std::string& session) {
    return stand.as(session, "GET", "/candidates?limit=100").value.at("rows").as_array().size();
  }

  ApiStand stand;
  std::string ada, max, eve;
};

const std::string kFile =
    "Name;E-Mail-Adresse;Stelle;Externe ID;Telefon\r\n"
    "Zoe Berg;zoe@home.example;Engineer;Z1;+49 30\r\n"
    "Carla C.;carla@home.example;;C1;\r\n"
    "\"Otto\r\nOhm\";otto@home.example;Plumber;;\r\n"
    "Ben;ben at home;Engineer;;\r\n";

TEST_F(Imports, O3_ADryRunTellsAndStoresNothing) {
  auto dry = post(max, "candidates", kFile);
  ASSERT_EQ(dry.status, 200) << dry.text;
  EXPECT_EQ(counts(dry), "1 1 0 2");
  EXPECT_EQ(line(dry, 0), "2 new");
  EXPECT_EQ(line(dry, 1), "3 changed");
  EXPECT_EQ(line(dry, 2), "4 refused job.unknown");
  EXPECT_EQ(line(dry, 3), "6 refused address.invalid");
  EXPECT_EQ(dry.value.at("columns").at(4).at("as"), nullptr);
  EXPECT_EQ(dry.value.at("columns").at(1).at("as").as_string(), "addresses");
  EXPECT_EQ(dry.value.at("total").to_number<int>(), 4);
  EXPECT_TRUE(dry.value.at("next").is_null());
  EXPECT_EQ(candidates(ada), 1u);
}

TEST_F(Imports, O3_WhatTheDryRunToldIsDoneAndDoneOnce) {
  const auto dry = post(max, "candidates", kFile);
  auto done = post(max, "candidates?dry_run=false", kFile);
  ASSERT_EQ(done.status, 200) << done.text;
  EXPECT_EQ(counts(done), counts(dry));
  EXPECT_EQ(candidates(max), 2u);
  const auto zoe = stand.as(max, "GET", "/candidates/external/Z1");
  ASSERT_EQ(zoe.status, 200);
  EXPECT_EQ(zoe.value.at("applications").at(0).at("job_title").as_string(), "Engineer");
  EXPECT_EQ(stand.as(max, "GET", "/candidates/" + stand.carla.text()).value.at("name").as_string(),
            "Carla C.");
  EXPECT_EQ(counts(post(max, "candidates?dry_run=false", kFile)), "0 0 2 2");
  EXPECT_EQ(candidates(max), 2u);
}

TEST_F(Imports, O3_TakesAManager) {
  EXPECT_EQ(post(eve, "candidates", kFile).status, 403);
  EXPECT_EQ(post("", "candidates", kFile).status, 401);
  EXPECT_EQ(post(ada, "candidates", kFile, "application/json").code(), "http.media-type");
  EXPECT_EQ(post(ada, "candidates?dry_run=maybe", kFile).code(), "field.invalid");
  EXPECT_EQ(post(ada, "candidates?from=x", kFile).code(), "field.invalid");
}

// C-14: what belongs to somebody whom the asker may not see looks like what nobody has.
TEST_F(Imports, C14_TheUnseenAreNotTold) {
  stand.as(ada, "PATCH", "/candidates/" + stand.carla.text(), json::object{{"external_id", "C1"}});
  const auto mia = stand.add_user("Mia", rules::Role::manager);
  stand.commit({store::PutJob{{stand.designer, "Designer", rules::JobKind::offer, true},
                              {stand.eve.id, mia.id},
                              stand.env.clock}});
  const auto session = stand.session_of(mia);
  const std::string file =
      "id,name,email,job\nC1,Carl,carla@home.example,Designer\nC2,Cleo,cleo@home.example,Designer\n"
      "C3,Dan,dan@home.example,Engineer\n";
  auto done = post(session, "candidates?dry_run=false", file);
  EXPECT_EQ(counts(done), "2 0 0 1");
  EXPECT_EQ(line(done, 2), "4 refused job.unknown");
  EXPECT_EQ(done.text.find(stand.carla.text()), std::string::npos);
  EXPECT_EQ(stand.as(ada, "GET", "/candidates/" + stand.carla.text()).value.at("name").as_string(),
            "Carla");
  EXPECT_EQ(counts(post(session, "candidates?dry_run=false", file)), "0 0 2 1");
}

TEST_F(Imports, O3_LinesOfOnePersonAreOnePersonInBothRuns) {
  std::string file = "external id,name,email,job\n";
  file += "A,Ada,a@x.example,Engineer\n,Ada,a@x.example,Designer\nA,,a2@x.example,\n";
  auto dry = post(ada, "candidates", file);
  EXPECT_EQ(counts(dry), "1 2 0 0") << dry.text;
  EXPECT_EQ(dry.value.at("lines").at(1).at("warnings").at(0).at("code").as_string(), "repeated");
  EXPECT_EQ(dry.value.at("lines").at(1).at("warnings").at(0).at("detail").as_string(), "2");
  EXPECT_EQ(counts(post(ada, "candidates?dry_run=false", file)), "1 2 0 0");
  EXPECT_EQ(candidates(ada), 2u);
}

TEST_F(Imports, I1_AnInternalAddressIsStoredAndTakesNoPart) {
  const std::string file = "id,name,email\nM,Our Max,max@team.example\n";
  auto done = post(ada, "candidates?dry_run=false", file);
  EXPECT_EQ(counts(done), "1 0 0 0");
  EXPECT_EQ(done.value.at("lines").at(0).at("warnings").at(0).at("code").as_string(),
            "internal_address");
  EXPECT_EQ(counts(post(ada, "candidates?dry_run=false", file)), "0 0 1 0");
}

// Answer by answer, commit by commit, and where one line fails the others of its commit don't.
TEST_F(Imports, O3_ALongFileIsAnsweredInParts) {
  stand.limits.import_lines_at_once = 30;
  stand.limits.import_lines_of_commit = 7;
  stand.open_api();
  std::string file = "id,name,email\n";
  for (int i = 0; i < 70; ++i) {
    const auto number = std::to_string(i);
    file += "N" + number + ",Name " + number + "," +
            (i == 33 ? "n0@x.example" : "n" + number + "@x.example") + "\n";
  }
  for (const bool dry : {true, false, false}) {
    std::string told;
    std::int64_t from = 0;
    for (int answers = 0; answers < 5; ++answers) {
      auto some = post(ada,
                       "candidates?dry_run=" + std::string(dry ? "true" : "false") +
                           "&from=" + std::to_string(from),
                       file);
      told += counts(some) + ", ";
      if (some.value.at("next").is_null()) break;
      from = some.value.at("next").to_number<std::int64_t>();
    }
    static bool done = false;
    EXPECT_EQ(told, done ? "0 0 30 0, 0 0 29 1, 0 0 10 0, " : "30 0 0 0, 29 0 0 1, 10 0 0 0, ");
    done = !dry;
  }
  EXPECT_EQ(candidates(ada), 70u);
}

TEST_F(Imports, O3_JobsAreMadeWithTheirPhasesAndTeam) {
  const std::string file =
      "Titre;Type;ID externe;Étapes;Équipe\nCuisinier;vivier;J1;Appel, Visite;eve@team.example\n"
      "Engineer;;J2;Call;\nNobody;;;;nobody@team.example\n";
  auto done = post(max, "jobs?dry_run=false", file);
  EXPECT_EQ(counts(done), "1 1 0 1") << done.text;
  const auto cook = stand.as(max, "GET", "/jobs/external/J1");
  ASSERT_EQ(cook.status, 200) << cook.text;
  EXPECT_EQ(cook.value.at("kind").as_string(), "talent_pool");
  EXPECT_EQ(cook.value.at("phases").as_array().size(), 2u);
  EXPECT_EQ(cook.value.at("team").as_array().size(), 2u);
  EXPECT_EQ(
      stand.as(max, "GET", "/jobs/" + stand.engineer.text()).value.at("phases").as_array().size(),
      5u);
  EXPECT_EQ(counts(post(max, "jobs?dry_run=false", file)), "0 0 2 1");
}

TEST_F(Imports, O3_AHostileFileIsRefusedInWords) {
  std::string columns = "email";
  for (int i = 0; i < 10'000; ++i) columns += ",c";
  const std::pair<std::string, std::string> table[] = {
      {"", "import.empty"},
      {"\n\n", "import.empty"},
      {"phone,town\n1,2\n", "import.no-columns"},
      {columns, "import.too-many-columns"},
      {std::string("email\n\0", 7), "import.not-csv"},
      {"email\n\"" + std::string(1 << 20, 'x'), "import.unclosed-quote"},
  };
  for (const auto& [file, code] : table) {
    auto answer = post(ada, "candidates", file);
    EXPECT_EQ(answer.code(), code);
    EXPECT_EQ(answer.status, 422) << code;
  }
  EXPECT_EQ(counts(post(ada, "candidates", "name,email\n")), "0 0 0 0");
  EXPECT_EQ(counts(post(ada, "candidates", "id,name,email\r1,=A,a@x.example\n2,B,\r\n\n3,C,")),
            "3 0 0 0");
  EXPECT_EQ(counts(post(ada, "candidates", "id,name\n1," + std::string(1 << 20, 'x'))), "0 0 0 1");
}

// What isn't said stays, and what is added is added to what is there by then.
TEST_F(Imports, C14_ALineTakesNothingOff) {
  stand.as(ada, "PATCH", "/candidates/" + stand.carla.text(), json::object{{"external_id", "C1"}});
  EXPECT_EQ(counts(post(max, "candidates?dry_run=false",
                        "id,name,email\nC1,Carla C.,\nC1,,carla@work.example\n")),
            "0 2 0 0");
  auto found = stand.as(ada, "GET", "/candidates/" + stand.carla.text());
  EXPECT_EQ(found.value.at("name").as_string(), "Carla C.");
  EXPECT_EQ(found.value.at("addresses").as_array().size(), 2u);
  EXPECT_EQ(
      stand.as(ada, "PATCH", "/candidates/" + stand.carla.text(), json::object{{"name", "Carla"}})
          .value.at("addresses")
          .as_array()
          .size(),
      2u);
  EXPECT_EQ(stand.as(ada, "PUT", "/candidates/external/C1", json::object{{"name", "C. C."}})
                .value.at("name")
                .as_string(),
            "C. C.");
  const std::string file = "title,team\nEngineer,eve@team.example\n";
  EXPECT_EQ(counts(post(ada, "jobs?dry_run=false", file)), "0 1 0 0");
  EXPECT_EQ(counts(post(ada, "jobs?dry_run=false", file)), "0 0 1 0");
}

TEST_F(Imports, I1_TwoWithAnInternalAddressAreTwo) {
  const std::string file = "id,name,email\nA,Ann,max@team.example\nB,Bob,max@team.example\n";
  EXPECT_EQ(counts(post(ada, "candidates", file)), "2 0 0 0");
  EXPECT_EQ(counts(post(ada, "candidates?dry_run=false", file)), "2 0 0 0");
  EXPECT_EQ(counts(post(ada, "candidates?dry_run=false", file)), "0 0 2 0");
  const auto refused = post(ada, "candidates", "name,email\nCleo,max@team.example\n");
  EXPECT_EQ(line(refused, 0), "2 refused import.colleagues-address");
}

// What the answers before would make counts toward what may be made today.
TEST_F(Imports, O3_ADryRunStopsWhereTheDayEnds) {
  std::string file = "title\n";
  for (int i = 0; i < 3; ++i) file += "Job " + std::to_string(i) + "\n";
  const auto most = std::to_string(Limits{}.jobs_of_user_a_day - 2);
  EXPECT_EQ(counts(post(ada, "jobs?made=" + most, file)), "2 0 0 1");
  EXPECT_EQ(counts(post(ada, "jobs?made=0", file)), "3 0 0 0");
  EXPECT_EQ(post(ada, "jobs?made=x", file).code(), "field.invalid");
  stand.limits.import_lines_of_commit = 1;
  stand.open_api();
  file = "title\n";
  for (std::size_t i = 0; i < Limits{}.jobs_of_user_a_day + 5; ++i)
    file += "Job " + std::to_string(i) + "\n";
  EXPECT_EQ(counts(post(ada, "jobs", file)), "200 0 0 5") << "whatever a commit holds";
}

// What can't be found in a file's cell needn't be told whole.
TEST_F(Imports, O3_WhatIsToldIsCut) {
  const std::string long_one(1 << 20, 'x');
  for (const auto& cells :
       {"1,A," + long_one + ",,", "1,A,," + long_one + ",", "1,A,,Engineer," + long_one}) {
    const auto answer = post(ada, "candidates", "id,name,email,job,phase\n" + cells);
    EXPECT_EQ(counts(answer), "0 0 0 1");
    EXPECT_LT(answer.text.size(), 4000u);
  }
}

// The journal says that candidates came, and by whom their applications; nothing of the file.
TEST_F(Imports, O3_ApplicationsSayThatTheyWereImported) {
  post(max, "candidates?dry_run=false", kFile);
  bool told = false;
  for (const auto& entry : stand.ask(store::JournalSince{rules::engine_scope(stand.company), 0}))
    if (entry.kind == "application.submitted" && entry.how == "import") told = true;
  EXPECT_TRUE(told);
}

}  // namespace
}  // namespace hearback::api
