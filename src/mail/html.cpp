#include "mail/html.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.hpp"
#include "mail/codec.hpp"
#include "mail/html_tokens.hpp"
#include "mail/html_writer.hpp"
#include "mail/text.hpp"

namespace hearback::mail {
namespace {

// How elements nest (HTML standard, section 13.2.4.2).
enum : std::uint8_t {
  block = 1,   // "special": the end tag of an inline element doesn't reach across it
  bounds = 2,  // neither does that of a block
  ends_p = 4,  // its start tag ends an open paragraph
  empty = 8,   // it has no end tag
  unseen = 16  // its content isn't shown
};

struct Element {
  std::string_view name;
  Layout layout = Layout::text;
  std::uint8_t is = 0;
};

constexpr std::uint8_t flow = block | ends_p;
constexpr Element elements[] = {
    {"address", Layout::line, flow},
    {"applet", Layout::text, block | bounds},
    {"area", Layout::text, empty},
    {"article", Layout::line, flow},
    {"aside", Layout::line, flow},
    {"base", Layout::text, empty},
    {"blockquote", Layout::quote, flow},
    {"br", Layout::text, empty},
    {"caption", Layout::line, block | bounds},
    {"center", Layout::line, flow},
    {"col", Layout::text, empty},
    {"dd", Layout::line, flow},
    {"details", Layout::line, flow},
    {"div", Layout::line, flow},
    {"dl", Layout::line, flow},
    {"dt", Layout::line, flow},
    {"embed", Layout::text, empty},
    {"fieldset", Layout::line, flow},
    {"figure", Layout::line, flow},
    {"footer", Layout::line, flow},
    {"form", Layout::line, flow},
    {"h1", Layout::paragraph, flow},
    {"h2", Layout::paragraph, flow},
    {"h3", Layout::paragraph, flow},
    {"h4", Layout::paragraph, flow},
    {"h5", Layout::paragraph, flow},
    {"h6", Layout::paragraph, flow},
    {"header", Layout::line, flow},
    {"hr", Layout::line, empty | ends_p},
    {"img", Layout::text, empty},
    {"input", Layout::text, empty},
    {"li", Layout::item, flow},
    {"link", Layout::text, empty},
    {"main", Layout::line, flow},
    {"math", Layout::text, block | unseen},
    {"menu", Layout::line, flow},
    {"meta", Layout::text, empty},
    {"nav", Layout::line, flow},
    {"noscript", Layout::text, block | unseen},
    {"object", Layout::text, block | bounds | unseen},
    {"ol", Layout::line, flow},
    {"option", Layout::line, 0},
    {"p", Layout::paragraph, flow},
    {"param", Layout::text, empty},
    {"plaintext", Layout::preformatted, flow},
    {"pre", Layout::preformatted, flow},
    {"section", Layout::line, flow},
    {"select", Layout::line, block},
    {"source", Layout::text, empty},
    {"summary", Layout::line, flow},
    {"svg", Layout::text, block | unseen},
    {"table", Layout::line, flow | bounds},
    {"tbody", Layout::text, block},
    {"td", Layout::cell, block | bounds},
    {"template", Layout::text, block | bounds | unseen},
    {"textarea", Layout::preformatted, block},
    {"tfoot", Layout::text, block},
    {"th", Layout::cell, block | bounds},
    {"thead", Layout::text, block},
    {"tr", Layout::line, block},
    {"track", Layout::text, empty},
    {"ul", Layout::line, flow},
    {"wbr", Layout::text, empty},
    {"xmp", Layout::preformatted, flow},
};
constexpr std::size_t known = std::size(elements);
static_assert(std::ranges::is_sorted(elements, {}, &Element::name));

constexpr std::size_t find(std::string_view name) {
  auto found = std::ranges::lower_bound(elements, name, {}, &Element::name);
  return found != std::end(elements) && found->name == name
             ? std::size_t(found - std::begin(elements))
             : known;
}

// Names that aren't in the table share numbers: taking one of them for another does no harm.
constexpr std::size_t strangers = 64;
std::size_t number_of(std::string_view name) {
  auto found = find(name);
  if (found != known) return found;
  std::size_t hash = 0;
  for (char c : name) hash = hash * 31 + std::uint8_t(c);
  return known + hash % strangers;
}

const Element& element(std::size_t number) {
  static constexpr Element stranger{};
  return number < known ? elements[number] : stranger;
}

// Inline style that hides an element, as previews and trackers use it.
bool hides(std::string_view style) {
  constexpr std::size_t looked_at = 2000;
  if (style.empty()) return false;
  std::string plain;
  for (char c : resolve_references(style.substr(0, looked_at)))
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') plain += ascii_lower(c);
  return plain.find("display:none") != plain.npos;
}

// The elements that are open. Each knows the one of its kind before it, so that no tag, however
// stray, makes anybody search.
class OpenElements {
 public:
  explicit OpenElements(std::size_t max_depth) : max_depth_(max_depth) { last_.fill(-1); }

  int last(std::size_t number) const { return last_[number]; }
  int last_block() const { return block_; }
  int last_bound() const { return bound_; }
  int size() const { return int(open_.size()); }
  std::size_t top() const { return open_.back().number; }

  bool push(std::size_t number) {
    if (open_.size() >= max_depth_) return false;
    open_.push_back({number, last_[number], block_, bound_});
    last_[number] = size() - 1;
    if (element(number).is & block) block_ = size() - 1;
    if (element(number).is & bounds) bound_ = size() - 1;
    return true;
  }

  void pop() {
    auto& entry = open_.back();
    last_[entry.number] = entry.same;
    block_ = entry.block_before;
    bound_ = entry.bound_before;
    open_.pop_back();
  }

 private:
  struct Entry {
    std::size_t number;
    int same, block_before, bound_before;
  };
  std::size_t max_depth_;
  std::vector<Entry> open_;
  std::array<int, known + strangers> last_;
  int block_ = -1, bound_ = -1;
};

class HtmlReader {
 public:
  HtmlReader(std::string_view html, const Limits& limits)
      : tokens_(html),
        open_(limits.html_depth),
        writer_(limits.text_octets),
        max_pictures_(limits.mime_parts) {}

  HtmlContent read() {
    HtmlToken token;
    while (tokens_.next(token)) {
      if (token.kind == HtmlToken::Kind::text)
        text(token);
      else if (token.kind == HtmlToken::Kind::start)
        start(token);
      else
        end(token.name);
    }
    return {writer_.take(), std::move(pictures_)};
  }

 private:
  bool hidden() const { return hidden_at_ >= 0; }

  void text(const HtmlToken& token) {
    if (hidden()) return;
    if (!token.references) return writer_.text(token.text);
    std::string character;
    for (auto rest = token.text; !rest.empty() && !writer_.full();) {
      auto plain = std::min(rest.find('&'), rest.size());
      writer_.text(rest.substr(0, plain));
      rest.remove_prefix(plain);
      if (rest.empty()) return;
      character.clear();
      auto taken = resolve_reference(rest, character);
      if (!taken) {
        character = "&";
        taken = 1;
      }
      writer_.text(character);
      rest.remove_prefix(taken);
    }
  }

  void start(const HtmlToken& token) {
    auto number = number_of(token.name);
    auto& what = element(number);
    end_what_ends(number);
    bool foreign = token.self_closing && (token.name == "svg" || token.name == "math");
    if ((what.is & empty) || foreign) {
      if (hidden()) return;
      if (token.name == "br")
        writer_.line_break();
      else if (token.name == "img")
        picture(token);
      else
        writer_.start(what.layout);
      return;
    }
    bool hide = (what.is & unseen) || hides(token.style);
    bool inline_one = !(what.is & block) && what.layout == Layout::text;
    if (inline_one && !hide && !hidden()) return;  // nobody will ask where it ends
    bool shown = !hidden();
    if (!open_.push(number)) {
      if (shown && (what.layout == Layout::line || what.layout == Layout::paragraph))
        writer_.start(what.layout);
      return;
    }
    if (shown && hide)
      hidden_at_ = open_.size() - 1;
    else if (shown)
      writer_.start(what.layout);
  }

  // End tags that authors may leave out (section 13.1.2.4).
  void end_what_ends(std::size_t number) {
    static constexpr auto p = find("p"), li = find("li"), ul = find("ul"), ol = find("ol"),
                          menu = find("menu"), dd = find("dd"), dt = find("dt"), dl = find("dl"),
                          td = find("td"), th = find("th"), tr = find("tr"), table = find("table"),
                          tbody = find("tbody"), thead = find("thead"), tfoot = find("tfoot"),
                          option = find("option");
    if (number == td || number == th) {
      close_above(std::max(open_.last(td), open_.last(th)), open_.last(table));
    } else if (number == tr || number == tbody || number == thead || number == tfoot) {
      close_above(open_.last(tr), open_.last(table));
    } else if (number == option) {
      close_above(open_.last(option), open_.last_block());
    } else if (element(number).is & ends_p) {
      if (number == li)
        close_above(open_.last(li), std::max({open_.last(ul), open_.last(ol), open_.last(menu),
                                              open_.last_bound()}));
      if (number == dd || number == dt)
        close_above(std::max(open_.last(dd), open_.last(dt)),
                    std::max(open_.last(dl), open_.last_bound()));
      close_above(open_.last(p), open_.last_bound());
    }
  }

  void end(std::string_view name) {
    static constexpr auto table = find("table"), p = find("p");
    if (name == "br") {
      if (!hidden()) writer_.line_break();
      return;
    }
    auto number = number_of(name);
    auto is = element(number).is;
    bool of_table =
        number != table && (name == "caption" || name == "tr" || name == "td" || name == "th" ||
                            name == "tbody" || name == "thead" || name == "tfoot");
    int floor = of_table      ? open_.last(table)
                : is & bounds ? -1
                : is & block  ? open_.last_bound()
                              : open_.last_block();
    if (number == p && open_.last(p) <= floor && !hidden()) writer_.start(Layout::paragraph);
    close_above(open_.last(number), floor);
  }

  // Closes the open elements down to the one at `position`, if that lies above `floor`.
  void close_above(int position, int floor) {
    if (position <= floor) return;
    while (open_.size() > position) {
      auto layout = element(open_.top()).layout;
      bool was_hidden = hidden();
      open_.pop();
      if (!was_hidden)
        writer_.end(layout);
      else if (open_.size() == hidden_at_)
        hidden_at_ = -1;
    }
  }

  void picture(const HtmlToken& token) {
    constexpr std::size_t longest = 1000;
    if (pictures_.size() >= max_pictures_ || token.source.size() > longest) return;
    if (hides(token.style)) return;
    auto source = resolve_references(token.source);
    auto address = trim(source);
    if (!ascii_starts_with(address, "cid:")) return;
    pictures_.push_back(decode_percent(address.substr(4)));
  }

  HtmlTokens tokens_;
  OpenElements open_;
  HtmlWriter writer_;
  std::size_t max_pictures_;
  std::vector<std::string> pictures_;
  int hidden_at_ = -1;  // the open element that hides all above it
};

}  // namespace

HtmlContent read_html(std::string_view html, const Limits& limits) {
  if (!is_utf8(html)) {
    auto mended = to_valid_utf8(html);
    return HtmlReader(mended, limits).read();
  }
  return HtmlReader(html, limits).read();
}

std::string html_to_text(std::string_view html) { return read_html(html).text; }

}  // namespace hearback::mail
