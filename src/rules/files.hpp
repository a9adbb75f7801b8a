#pragma once
// Which of a candidate's files are wanted first? (M-9: the CV)
#include <string_view>

namespace hearback::rules {

// Whether a file's name says that it is a curriculum vitae, in the languages of the page: one of
// its words is, whatever stands between them ("CV_Doe.pdf", "JaneDoeCV2026.docx", "Lebenslauf
// Doe.odt").
bool names_cv(std::string_view filename);

}  // namespace hearback::rules
