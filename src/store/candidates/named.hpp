#pragma once
// By which words candidates are found: those of their names and addresses, by what these begin
// with. Words are mail/terms' there and in what is typed.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/nouns.hpp"
#include "store/engine/db.hpp"

namespace hearback::store {

// After each change of a candidate's name or addresses.
void keep_named(Db& db, CompanyId company, CandidateId candidate);

// For a database of before there were such words.
void name_all(Db& db);

class Named {
 public:
  // `text` as it was typed. Without words in it, all candidates are meant.
  Named(Db& db, CompanyId company, std::string_view text);
  bool all() const { return words_.empty(); }
  // Few candidates have one of the words. Otherwise so many begin with each that whoever goes by
  // names has a page sooner.
  bool is_few() const { return is_few_; }

  // Puts a value among a statement's parameters, of which the first is the company: "$n".
  using Add = std::function<std::string(std::string)>;
  // Those few, as a table of `candidate`.
  std::string first_few(const Add& add) const;
  // " and …": that a candidate has all the words.
  std::string has_all(std::string_view candidate, const Add& add) const;

 private:
  std::vector<std::string> words_;  // the rarest is the first, where it is rare
  bool is_few_ = false;
};

}  // namespace hearback::store
