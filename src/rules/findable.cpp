#include "rules/findable.hpp"

#include <algorithm>
#include <span>

#include "base/text.hpp"
#include "mail/terms.hpp"
#include "mail/text.hpp"

namespace hearback::rules {
namespace {

constexpr std::size_t kIndexOctets = 400'000;
constexpr std::size_t kPeople = 200;  // of From, To and Cc together
constexpr std::size_t kFiles = 200;
constexpr std::size_t kShown = 220, kBefore = 50;  // octets of an excerpt, and before its first hit

char letter_of(SearchIn in) {
  constexpr char kLetters[] = {'w', 's', 'f', 't', 'n'};
  return kLetters[static_cast<std::size_t>(in)];
}

std::string_view upto(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return text.substr(0, most);
}

// What words take in an index, with what stands between them.
struct Cost {
  std::size_t words = 0, octets = 0;
  Cost operator+(const Cost& other) const { return {words + other.words, octets + other.octets}; }
  bool within(const Cost& most) const { return words <= most.words && octets <= most.octets; }
};
constexpr Cost kEndsPhrase{1, 2};
Cost cost_of(const mail::Term& term) { return {1, term.text.size() + 2}; }

class Index {
 public:
  // Leaves room for as many words behind it, and what stands between.
  void add(std::string_view text, SearchIn in, std::size_t behind = 0) {
    const bool marked = in != SearchIn::anywhere;
    const auto most = room() - std::min(behind + (behind ? 1 : 0), room());
    const auto found = mail::terms(text, most / (marked ? 2 : 1));
    put(found, SearchIn::anywhere);
    if (marked) put(found, in);
  }
  // As many from the beginning as cost no more, with what stands behind them.
  void add(std::vector<mail::Term> found, Cost most) {
    Cost cost = kEndsPhrase;
    std::size_t fit = 0;
    while (fit < found.size() && (cost + cost_of(found[fit])).within(most))
      cost = cost + cost_of(found[fit++]);
    found.resize(fit);
    put(found, SearchIn::anywhere);
  }
  void note(std::string_view word) { note("", word); }
  Cost left() const { return {room(), kIndexOctets - std::min(words_.size(), kIndexOctets)}; }
  std::string take() && { return std::move(words_); }

 private:
  std::size_t room() const {
    return words_.size() < kIndexOctets ? findable_words - std::min(count_, findable_words) : 0;
  }
  void put(const std::vector<mail::Term>& found, SearchIn in) {
    const char letter = letter_of(in);
    for (const auto& term : found) note({&letter, 1}, term.text);
    if (!found.empty()) note("z");
  }
  void note(std::string_view letter, std::string_view word) {
    if (room() == 0) return;
    ((words_ += words_.empty() ? "" : " ") += letter) += word;
    ++count_;
  }

  std::string words_;
  std::size_t count_ = 0;
};

std::string shown(const mail::Address& address) {
  return address.name.empty() ? address.spec : address.name + " <" + address.spec + ">";
}

std::string people_of(const Message& message) {
  std::string all;
  std::size_t count = 0;
  for (const auto* list : {&message.envelope.from, &message.envelope.to, &message.envelope.cc})
    for (const auto& address : *list)
      if (++count <= kPeople) (all += all.empty() ? "" : ", ") += shown(address);
  return all;
}

std::string files_of(const Message& message) {
  std::string all;
  for (const auto& file :
       std::span(message.attachments).first(std::min(message.attachments.size(), kFiles)))
    if (!file.is_inline) (all += all.empty() ? "" : ", ") += file.filename;
  return all;
}

// Whoever asks by people knows whose it is, and each row says so: what they wrote is shown instead.
bool asks_who(const SearchTerm& term) {
  return term.in == SearchIn::from || term.in == SearchIn::to;
}

struct Stretch {
  std::size_t at = 0, end = 0;
};

bool stands_at(const SearchTerm& term, std::span<const mail::Term> words) {
  if (words.size() < term.words.size()) return false;
  for (std::size_t i = 0; i + 1 < term.words.size(); ++i)
    if (words[i].text != term.words[i]) return false;
  const auto& last = words[term.words.size() - 1].text;
  return term.is_prefix ? last.starts_with(term.words.back()) : last == term.words.back();
}

struct Hits {
  std::vector<Stretch> apart;
  std::size_t terms = 0;  // that don't ask for people
};

Hits hits_in(std::string_view text, const Search& search, std::span<const SearchIn> places) {
  const auto words = mail::terms(text, findable_words);
  std::vector<Stretch> hits;
  std::size_t terms = 0;
  for (const auto& term : search.terms) {
    const auto before = hits.size();
    if (term.in != SearchIn::anywhere && std::ranges::find(places, term.in) == places.end())
      continue;
    for (std::size_t i = 0; i < words.size(); ++i)
      if (stands_at(term, std::span(words).subspan(i))) {
        const auto& last = words[i + term.words.size() - 1];
        hits.push_back({words[i].at, last.at + last.octets});
      }
    if (hits.size() > before && !asks_who(term)) ++terms;
  }
  std::ranges::sort(hits, {}, &Stretch::at);
  std::vector<Stretch> apart;
  for (const auto& hit : hits)
    if (!apart.empty() && hit.at <= apart.back().end)
      apart.back().end = std::max(apart.back().end, hit.end);
    else
      apart.push_back(hit);
  return {std::move(apart), terms};
}

// The stretch of so many octets, between words, that holds the most hits; the first of several.
Stretch best_stretch(std::string_view text, std::span<const Stretch> hits) {
  std::size_t best = 0, most = 0;
  for (std::size_t i = 0, k = 0; i < hits.size(); ++i) {
    k = std::max(k, i);
    while (k < hits.size() && hits[k].end <= hits[i].at + (kShown - kBefore)) ++k;
    if (k - i > most) {
      most = k - i;
      best = i;
    }
  }
  const auto hit = hits.empty() ? Stretch{} : hits[best];
  auto begin = hit.at > kBefore ? hit.at - kBefore : 0;
  if (begin > 0) {
    const auto blank = text.find_first_of(" \n\t", begin);
    begin = blank < hit.at ? blank + 1 : hit.at;
  }
  auto end = upto(text, begin + kShown).size();  // within a hit, if it is as wide
  if (end < text.size()) {
    const auto blank = text.find_last_of(" \n\t", end);
    if (blank != text.npos && blank >= hit.end && blank > begin) end = blank;
  }
  return {begin, end};
}

std::string on_one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (blank && (line.empty() || line.back() == ' ')) {
      if (line.empty()) line += ' ';
      continue;
    }
    line += blank ? ' ' : c;
  }
  return line;
}

std::vector<Excerpt::Piece> pieces_of(std::string_view text, std::span<const Stretch> hits) {
  const auto whole = best_stretch(text, hits);
  std::vector<Excerpt::Piece> pieces;
  const auto add = [&](std::size_t from, std::size_t to, bool is_hit) {
    if (from >= to) return;
    auto line = on_one_line(text.substr(from, to - from));
    if (pieces.empty() && line.starts_with(' ')) line.erase(0, 1);
    if (!line.empty()) pieces.push_back({std::move(line), is_hit});
  };
  auto at = whole.at;
  for (const auto& hit : hits) {
    if (hit.at < at || hit.at >= whole.end) continue;
    add(at, hit.at, false);
    at = std::min(hit.end, whole.end);
    add(hit.at, at, true);
  }
  add(at, whole.end, false);
  return pieces;
}

}  // namespace

std::string own_words(std::string_view text) { return own_words(mail::split_quoted(text)); }

std::string own_words(mail::Split parts) {
  auto words = std::move(parts.fresh);
  const auto add = [&](const std::string& part) {
    if (!part.empty()) (words += words.empty() ? "" : "\n\n") += part;
  };
  const bool nothing_else = words.empty();
  add(parts.signature);
  if (nothing_else || parts.forwards) add(parts.quoted);
  words.resize(upto(words, findable_octets).size());
  return words;
}

std::string in_index(SearchIn in, std::string_view word) {
  return letter_of(in) + std::string(word);
}

namespace {

// How much each gets that wants so much: what the small ones leave is the others', in equal shares.
std::vector<std::size_t> share(const std::vector<std::size_t>& wanted, std::size_t room) {
  auto order = wanted;
  std::ranges::sort(order);
  std::size_t most = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    most = room / (order.size() - i);
    if (order[i] > most) break;
    room -= order[i];
    most = order[i];
  }
  std::vector<std::size_t> shares;
  for (const auto one : wanted) shares.push_back(std::min(one, most));
  return shares;
}

// A long file leaves the others their room, wherever it stands: a list of works before the CV
// doesn't keep that from being found.
void add_files(Index& index, const std::vector<FileText>& contents) {
  std::vector<std::vector<mail::Term>> files;
  std::vector<std::size_t> words, octets;
  for (const auto& file : contents) {
    files.push_back(mail::terms(upto(file.text, kept_octets), findable_words));
    Cost cost = kEndsPhrase;
    for (const auto& term : files.back()) cost = cost + cost_of(term);
    words.push_back(cost.words);
    octets.push_back(cost.octets);
  }
  const auto room = index.left();
  words = share(words, room.words);
  octets = share(octets, room.octets);
  for (std::size_t i = 0; i < files.size(); ++i)
    index.add(std::move(files[i]), {words[i], octets[i]});
}

}  // namespace

// What is short comes first: it is the text that may have to end early.
std::string findable(const mail::Envelope& envelope, const std::vector<Attachment>& attachments,
                     std::string_view text, const std::vector<FileText>& contents) {
  Index index;
  std::size_t people = 0, files = 0;
  const auto add = [&](const std::vector<mail::Address>& list, SearchIn in) {
    for (const auto& address : list)
      if (++people <= kPeople) index.add(shown(address), in);
  };
  index.add(envelope.subject, SearchIn::subject);
  add(envelope.from, SearchIn::from);
  add(envelope.to, SearchIn::to);
  add(envelope.cc, SearchIn::to);
  for (const auto& file : attachments) {
    if (file.is_inline || ++files > kFiles) continue;
    if (files == 1) index.note(in_index_with_file);
    index.add(file.filename, SearchIn::files);
  }
  std::size_t in_files = 0;
  for (const auto& file : contents)
    if (in_files < findable_words_of_files)
      in_files += mail::terms(upto(file.text, kept_octets), findable_words_of_files).size() + 1;
  index.add(upto(text, findable_octets), SearchIn::anywhere,
            std::min(in_files, findable_words_of_files));
  add_files(index, contents);
  return std::move(index).take();
}

std::string findable_file(std::string_view name, std::string_view text) {
  Index index;
  index.note(in_index_with_file);
  index.add(name, SearchIn::files);
  index.add(mail::terms(upto(text, kept_octets), findable_words), index.left());
  return std::move(index).take();
}

namespace {

struct Shown {
  Excerpt::Where where;
  std::string_view text;
  std::vector<SearchIn> in;
  int file = -1;
};

// The first of these where the most of what was asked for stands, beside what needs no place.
Excerpt best_of(const Search& search, const std::vector<Shown>& places, std::size_t said = 0) {
  Excerpt best{.terms = said};
  for (const auto& place : places) {
    if (best.terms == search.terms.size()) break;
    const auto hits = hits_in(place.text, search, place.in);
    if (said + hits.terms > best.terms)
      best = {place.where, pieces_of(place.text, hits.apart), said + hits.terms, place.file};
  }
  return best;
}

}  // namespace

Excerpt excerpt_of(const Search& search, const Message& message, std::string_view text,
                   const std::vector<FileText>& contents) {
  const auto of_people = static_cast<std::size_t>(std::ranges::count_if(search.terms, asks_who));
  if (of_people == search.terms.size())
    return {.pieces = pieces_of(upto(text, findable_octets), {}), .terms = of_people};
  const auto people = people_of(message), files = files_of(message);
  std::vector<Shown> places{
      {Excerpt::Where::text, upto(text, findable_octets), {}},
      {Excerpt::Where::subject, message.envelope.subject, {SearchIn::subject}},
      {Excerpt::Where::people, people, {SearchIn::from, SearchIn::to}},
      {Excerpt::Where::files, files, {SearchIn::files}}};
  for (const auto& file : contents)
    places.push_back({Excerpt::Where::contents, upto(file.text, kept_octets), {}, file.index});
  return best_of(search, places, of_people);
}

Excerpt excerpt_of_file(const Search& search, std::string_view name, std::string_view text) {
  auto best = best_of(search, {{Excerpt::Where::files, name, {SearchIn::files}},
                               {Excerpt::Where::contents, upto(text, kept_octets), {}}});
  if (best.pieces.empty()) best.where = Excerpt::Where::files;
  return best;
}

}  // namespace hearback::rules
