#include "rules/files.hpp"

#include <gtest/gtest.h>

namespace hearback::rules {
namespace {

TEST(Files, M9_WhichFileIsACv) {
  struct Row {
    const char* name;
    bool is;
  };
  for (const auto& row : {
           Row{"CV Jane Doe.pdf", true},
           Row{"cv.pdf", true},
           Row{"jane-doe_cv_2026.docx", true},
           Row{"JaneDoeCV2026.pdf", true},
           Row{"CVJaneDoe.pdf", true},
           Row{"Lebenslauf_Doe.odt", true},
           Row{"LEBENSLAUF.PDF", true},
           Row{"Jane Doe - Curriculum Vitae.pdf", true},
           Row{"Resume (final).pdf", true},
           Row{"R\u00e9sum\u00e9.pdf", true},
           Row{"R\u00c9SUM\u00c9.pdf", true},
           Row{"Doe re\u0301sume\u0301.pdf", true},
           Row{"CV\u00a0Jane.pdf", true},
           Row{"CV\u2013Jane.pdf", true},
           Row{"CV\u2011Jane.pdf", true},
           Row{"Andr\u00e9CV.pdf", true},
           Row{"CV\u00c9lodie.pdf", true},
           Row{"\u5c65\u6b74\u66f8CV.pdf", true},
           Row{"H\u00c9CVA.pdf", false},
           Row{"\u00e9cv\u00e9.pdf", false},
           Row{"Cover letter.pdf", false},
           Row{"cvs.csv", false},
           Row{"HCV results.pdf", false},
           Row{"recv.log", false},
           Row{"presumed.txt", false},
           Row{"Zeugnisse.pdf", false},
           Row{"", false},
       })
    EXPECT_EQ(names_cv(row.name), row.is) << row.name;
}

}  // namespace
}  // namespace hearback::rules
