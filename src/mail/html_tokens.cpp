#include "mail/html_tokens.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace hearback::mail {
namespace {

constexpr std::size_t max_name = 32;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
bool is_letter(char c) {
  c = ascii_lower(c);
  return c >= 'a' && c <= 'z';
}

// Elements whose content is text up to their end tag (HTML standard, sections 13.2.5.2 to 5).
constexpr std::string_view raw_elements[] = {
    "iframe", "noembed", "noframes", "plaintext", "script", "style", "textarea", "title", "xmp"};
bool is_raw(std::string_view name) {
  return std::find(std::begin(raw_elements), std::end(raw_elements), name) !=
         std::end(raw_elements);
}
// Of these, what a person sees.
bool is_shown_raw(std::string_view name) {
  return name == "textarea" || name == "xmp" || name == "plaintext";
}

}  // namespace

bool HtmlTokens::next(HtmlToken& token) {
  while (at_ < html_.size()) {
    if (!raw_.empty()) {
      if (raw_text(token)) return true;
      continue;
    }
    if (html_[at_] == '<') {
      std::size_t before = at_;
      if (markup(token)) return true;
      if (at_ != before) continue;
    }
    auto end = std::min(html_.find('<', at_ + 1), html_.size());
    token.kind = HtmlToken::Kind::text;
    token.text = html_.substr(at_, end - at_);
    token.references = true;
    at_ = end;
    return true;
  }
  return false;
}

// What stands before the end tag of raw_; that tag itself is read as any other.
bool HtmlTokens::raw_text(HtmlToken& token) {
  std::size_t end = raw_ == "plaintext" ? html_.npos : html_.find("</", at_);
  for (; end != html_.npos; end = html_.find("</", end + 2)) {
    std::size_t behind = end + 2 + raw_.size();
    if (!ascii_equal(html_.substr(end + 2, raw_.size()), raw_)) continue;
    if (behind >= html_.size() || is_space(html_[behind]) || html_[behind] == '/' ||
        html_[behind] == '>')
      break;
  }
  end = std::min(end, html_.size());
  bool shown = is_shown_raw(raw_) && end > at_;
  token.kind = HtmlToken::Kind::text;
  token.text = html_.substr(at_, end - at_);
  token.references = raw_ == "textarea";
  at_ = end;
  raw_.clear();
  return shown;
}

// At '<'. True with a tag; false with at_ moved: something to leave out; else it is text.
bool HtmlTokens::markup(HtmlToken& token) {
  if (at_ + 1 >= html_.size()) return false;
  char c = html_[at_ + 1];
  if (is_letter(c)) {
    token.kind = HtmlToken::Kind::start;
    return tag(token, at_ + 1);
  }
  if (c == '/') {
    if (at_ + 2 >= html_.size()) return false;
    if (is_letter(html_[at_ + 2])) {
      token.kind = HtmlToken::Kind::end;
      return tag(token, at_ + 2);
    }
    skip_behind(">", at_ + 2);
  } else if (c == '!') {
    comment();
  } else if (c == '?') {
    skip_behind(">", at_ + 2);
  }
  return false;
}

void HtmlTokens::comment() {
  auto rest = html_.substr(at_);
  if (!rest.starts_with("<!--")) return skip_behind(">", at_ + 2);
  if (rest.starts_with("<!-->")) {
    at_ += 5;
  } else if (rest.starts_with("<!--->")) {
    at_ += 6;
  } else {
    for (std::size_t i = html_.find("--", at_ + 4); i != html_.npos; i = html_.find("--", i + 1)) {
      if (html_.substr(i + 2).starts_with('>')) {
        at_ = i + 3;
        return;
      }
      if (html_.substr(i + 2).starts_with("!>")) {
        at_ = i + 4;
        return;
      }
    }
    at_ = html_.size();
  }
}

bool HtmlTokens::tag(HtmlToken& token, std::size_t name_at) {
  token.name.clear();
  token.style = token.source = token.width = token.height = {};
  token.self_closing = false;
  for (at_ = name_at; at_ < html_.size(); ++at_) {
    char c = html_[at_];
    if (is_space(c) || c == '/' || c == '>') break;
    if (token.name.size() < max_name) token.name += ascii_lower(c);
  }
  if (!attributes(token)) return false;
  if (token.kind == HtmlToken::Kind::start && is_raw(token.name)) raw_ = token.name;
  return true;
}

// From behind a tag's name to behind its '>'; false where the document ends before.
bool HtmlTokens::attributes(HtmlToken& token) {
  struct Asked {
    std::string_view name;
    std::string_view* value;
    bool has = false;
  } asked[] = {{"style", &token.style},
               {"src", &token.source},
               {"width", &token.width},
               {"height", &token.height}};
  while (true) {
    while (at_ < html_.size() && (is_space(html_[at_]) || html_[at_] == '/')) {
      token.self_closing = html_[at_] == '/';
      ++at_;
    }
    if (at_ >= html_.size()) return false;
    if (html_[at_] == '>') {
      ++at_;
      return true;
    }
    token.self_closing = false;
    auto end = std::min(html_.find_first_of(" \t\n\r\f/>=", at_ + 1), html_.size());
    auto name = html_.substr(at_, end - at_);
    std::string_view value;
    at_ = end;
    while (at_ < html_.size() && is_space(html_[at_])) ++at_;
    if (at_ < html_.size() && html_[at_] == '=') {
      for (++at_; at_ < html_.size() && is_space(html_[at_]);) ++at_;
      if (at_ >= html_.size()) return false;
      char quote = html_[at_];
      if (quote == '"' || quote == '\'') {
        end = html_.find(quote, at_ + 1);
        if (end == html_.npos) {
          at_ = html_.size();
          return false;
        }
        value = html_.substr(at_ + 1, end - at_ - 1);
        at_ = end + 1;
      } else {
        end = std::min(html_.find_first_of(" \t\n\r\f>", at_), html_.size());
        value = html_.substr(at_, end - at_);
        at_ = end;
      }
    }
    for (auto& one : asked) {
      if (one.has || !ascii_equal(name, one.name)) continue;
      one.has = true;
      *one.value = value;
    }
  }
}

void HtmlTokens::skip_behind(std::string_view what, std::size_t from) {
  auto found = html_.find(what, from);
  at_ = found == html_.npos ? html_.size() : found + what.size();
}

}  // namespace hearback::mail
