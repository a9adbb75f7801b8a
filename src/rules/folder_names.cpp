#include "rules/folder_names.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace hearback::rules {
namespace {

// Alternatives are separated by '|'. What Outlook and Exchange, Gmail, Apple Mail, Thunderbird,
// Yahoo and the large providers of a country write.
struct Language {
  std::string_view code, sent, drafts, junk, trash, archive;
};

constexpr auto kLanguages = std::to_array<Language>({
    {"en", "Sent|Sent Items|Sent Mail|Sent Messages|Sent-Mail|Sent Objects|Sent Email",
     "Drafts|Draft|Unsent Messages|Templates|Outbox|Unsent",
     "Junk|Junk E-mail|Junk Email|Junk Mail|Spam|Bulk Mail|Spambox|Suspected Spam",
     "Trash|Deleted|Deleted Items|Deleted Messages|Bin|Recycle Bin|Trash Bin", "Archive|Archives"},
    {"de",
     "Gesendet|Gesendete|Gesendete Elemente|Gesendete Objekte|Gesendete Nachrichten|Gesendete "
     "Mails|Gesendete E-Mails",
     "Entwürfe|Entwuerfe|Entwurf|Vorlagen|Postausgang",
     "Junk-E-Mail|Junk-Mail|Unerwünscht|Unerwünschte Werbung|Unerwünschte "
     "E-Mails|Spamverdacht|Werbung|Spam-Verdacht",
     "Papierkorb|Gelöscht|Gelöschte Elemente|Gelöschte Objekte|Gelöschte Nachrichten|Geloescht",
     "Archiv|Archivierte Nachrichten"},
    {"fr",
     "Envoyés|Envoyes|Éléments envoyés|Elements envoyes|Messages envoyés|Courrier envoyé|Objets "
     "envoyés|Mails envoyés",
     "Brouillons|Brouillon|Modèles|Boîte d'envoi|Ébauches",
     "Indésirables|Indesirables|Courrier indésirable|Pourriel|Pourriels|Messages indésirables",
     "Corbeille|Éléments supprimés|Elements supprimes|Messages supprimés|Objets supprimés",
     "Archive|Archives|Archivés"},
    {"es", "Enviados|Elementos enviados|Mensajes enviados|Correo enviado|Enviado",
     "Borradores|Borrador|Bandeja de salida|Plantillas",
     "Correo no deseado|Correo basura|No deseado|Correo electrónico no deseado|Basura",
     "Papelera|Elementos eliminados|Mensajes eliminados|Eliminados|Papelera de reciclaje",
     "Archivo|Archivar|Archivados|Archivo de mensajes"},
    {"it", "Inviata|Posta inviata|Inviati|Messaggi inviati|Elementi inviati",
     "Bozze|Bozza|Posta in uscita|Modelli",
     "Posta indesiderata|Indesiderata|Posta spazzatura|Indesiderati",
     "Cestino|Posta eliminata|Elementi eliminati|Messaggi eliminati|Eliminati",
     "Archivio|Archiviati"},
    {"pt",
     "Enviados|Enviadas|Itens enviados|Mensagens enviadas|E-mails enviados|Correio enviado|Enviado",
     "Rascunhos|Rascunho|Caixa de saída|A Enviar|Modelos",
     "Lixo eletrônico|Lixo eletrónico|Lixo electrónico|Correio não solicitado|E-mail de "
     "lixo|Correio "
     "electrónico não solicitado|Correio de lixo",
     "Lixeira|Lixo|Itens excluídos|Itens eliminados|Mensagens excluídas|Reciclagem|Apagados",
     "Arquivo|Arquivo Morto|Arquivo de mensagens|Arquivar|Arquivados"},
    {"nl", "Verzonden|Verzonden items|Verzonden berichten|Verzonden e-mail|Verzonden objecten",
     "Concepten|Postvak UIT|Sjablonen",
     "Ongewenste e-mail|Ongewenst|Ongewenste post|Ongewenste reclame",
     "Prullenbak|Prullenmand|Verwijderde items|Verwijderd|Verwijderde berichten|Verwijderde "
     "objecten",
     "Archief|Gearchiveerd"},
    {"da", "Sendt|Sendt post|Sendte|Sendte elementer|Sendte mails|Sendte beskeder",
     "Kladder|Kladde|Udkast|Udbakke", "Uønsket|Uønsket mail|Uønsket e-mail|Uønsket post",
     "Papirkurv|Slettet|Slettet post|Slettede|Slettede elementer|Slettede beskeder", "Arkiv"},
    {"sv", "Skickat|Skickade|Skickade objekt|Skickade meddelanden|Skickade mejl|Skickad e-post",
     "Utkast|Utkorgen|Utkorg", "Skräppost|Skräp|Oönskad e-post",
     "Papperskorg|Papperskorgen|Borttaget|Borttagna objekt|Borttagna meddelanden", "Arkiv"},
    {"nb", "Sendt|Sendte|Sendte elementer|Sendt e-post|Sendte meldinger|Sendte objekter",
     "Utkast|Kladd|Utboks", "Søppelpost|Useriøs e-post|Uønsket e-post|Uønsket reklame",
     "Papirkurv|Papirkorg|Søppel|Søppelkurv|Slettede elementer|Slettet|Slettede objekter", "Arkiv"},
    {"fi", "Lähetetyt|Lähetetyt viestit|Lähetetyt kohteet|Lähetetty", "Luonnokset|Luonnos|Lähtevät",
     "Roskaposti|Roskapostit|Roskasähköposti",
     "Roskakori|Poistetut|Poistetut kohteet|Poistetut viestit", "Arkisto|Arkistoidut"},
    {"is", "Sent|Sendir hlutir|Sendur póstur|Sendir", "Drög|Uppköst",
     "Ruslpóstur|Ruslpóstsmappa|Amapóstur", "Rusl|Ruslakarfa|Eyddir hlutir|Eytt",
     "Geymsla|Skjalasafn"},
    {"et", "Saadetud|Saadetud üksused|Saadetud kirjad|Saadetud kirjad ja teated",
     "Mustandid|Väljuvad", "Rämpspost|Rämpskirjad|Rämps",
     "Prügikast|Prügi|Kustutatud üksused|Kustutatud", "Arhiiv"},
    {"lv", "Nosūtītie|Nosūtītās|Nosūtītie vienumi|Nosūtītās vēstules|Nosūtīts",
     "Melnraksti|Izsūtne", "Surogātpasts|Mēstules|Nevēlamais e-pasts",
     "Miskaste|Atkritne|Izdzēstie vienumi|Dzēstie|Izdzēstie|Dzēstās vēstules", "Arhīvs"},
    {"lt", "Išsiųsti|Išsiųstieji|Išsiųsti laiškai|Išsiųsti elementai|Nusiųsti elementai|Išsiųsta",
     "Juodraščiai|Siunčiamieji",
     "Brukalas|Šlamštas|Nepageidaujamas el. paštas|Nepageidaujami laiškai",
     "Šiukšlinė|Šiukšliadėžė|Šiukšlės|Panaikinti elementai|Naikinti elementai",
     "Archyvas|Archyvai"},
    {"pl", "Wysłane|Elementy wysłane|Wysłane elementy|Poczta wysłana|Wiadomości wysłane",
     "Kopie robocze|Szkice|Robocze|Wersje robocze|Skrzynka nadawcza",
     "Wiadomości-śmieci|Śmieci|Niechciane|Wiadomości śmieci|Niechciana poczta",
     "Kosz|Elementy usunięte|Usunięte|Usunięte elementy|Wiadomości usunięte", "Archiwum|Archiwa"},
    {"cs", "Odeslané|Odeslaná pošta|Odeslané zprávy|Odeslané položky",
     "Koncepty|Rozepsané|Rozepsaná|Pošta k odeslání",
     "Nevyžádaná pošta|Nevyžádané|Nevyžádané zprávy",
     "Koš|Odstraněná pošta|Odstraněné položky|Odstraněné|Smazané", "Archiv|Archivy"},
    {"sk", "Odoslané|Odoslaná pošta|Odoslané správy|Odoslané položky",
     "Koncepty|Rozpísané|Pošta na odoslanie", "Nevyžiadaná pošta|Nevyžiadané|Nevyžiadané e-maily",
     "Kôš|Odstránená pošta|Odstránené položky|Odstránené|Vymazané", "Archív|Archívy"},
    {"hu", "Elküldött|Elküldöttek|Elküldött elemek|Elküldött üzenetek|Elküldött levelek",
     "Piszkozatok|Piszkozat|Vázlatok|Postázandó üzenetek",
     "Levélszemét|Kéretlen|Kéretlen levelek|Szemét",
     "Kuka|Törölt elemek|Törölt|Töröltek|Lomtár|Törölt üzenetek|Törölt levelek",
     "Archívum|Archiválás|Archivált"},
    {"sl", "Poslano|Poslana pošta|Poslani elementi|Poslana sporočila|Poslani predmeti",
     "Osnutki|Osnutek|Odhodna pošta",
     "Neželena pošta|Neželena e-pošta|Nezaželena pošta|Vsiljena pošta",
     "Smeti|Izbrisano|Izbrisani elementi|Izbrisana sporočila|Izbrisani predmeti", "Arhiv|Arhivi"},
    {"hr", "Poslano|Poslane stavke|Poslane poruke|Poslana pošta|Poslane stavke e-pošte",
     "Skice|Predlošci|Izlazna pošta",
     "Neželjena pošta|Bezvrijedna e-pošta|Bezvrijedna pošta|Neželjena e-pošta",
     "Otpad|Smeće|Izbrisane stavke|Izbrisano|Obrisane stavke|Kanta za smeće", "Arhiva|Arhiv"},
    {"sr", "Послато|Послате ставке|Послате поруке|Послати|Poslato|Poslate stavke|Poslate poruke",
     "Нацрти|Радне верзије|Nacrti|Radne verzije",
     "Нежељена пошта|Безвредна пошта|Непожељно|Neželjena pošta|Bezvredna pošta|Nepoželjno",
     "Смеће|Отпад|Избрисане ставке|Обрисано|Kanta|Izbrisane stavke|Smeće", "Архива|Arhiva"},
    {"mk", "Испратени|Пратени|Испратено|Пратени ставки", "Нацрти|Недовршени",
     "Несакана пошта|Спам|Ѓубре", "Отпад|Избришани|Избришани ставки|Корпа", "Архива"},
    {"bg", "Изпратени|Изпратени елементи|Изпратени съобщения|Изпратена поща|Изпратено", "Чернови",
     "Нежелана поща|Спам|Нежелани", "Кошче|Изтрити|Изтрити елементи|Изтрити съобщения",
     "Архив|Архиви"},
    {"ro", "Trimise|Elemente trimise|Mesaje trimise|Mesaje expediate|Expediate|E-mailuri trimise",
     "Ciorne|Schițe|Schiţe|Ciornă|Mesaje de expediat",
     "Mesaje nesolicitate|E-mail nedorit|Nesolicitate|Nedorite|E-mailuri nedorite",
     "Gunoi|Coș de gunoi|Coş de gunoi|Coș|Elemente șterse|Elemente şterse|Mesaje șterse|Șterse",
     "Arhivă|Arhiva|Arhive"},
    {"el", "Απεσταλμένα|Απεσταλμένα στοιχεία|Σταλμένα|Απεσταλμένα μηνύματα|Σταλθέντα", "Πρόχειρα",
     "Ανεπιθύμητα|Ανεπιθύμητη αλληλογραφία|Ανεπιθύμητα μηνύματα",
     "Κάδος|Κάδος απορριμμάτων|Διαγραμμένα|Διαγραμμένα στοιχεία|Απορρίμματα|Κάδος ανακύκλωσης",
     "Αρχείο|Αρχειοθέτηση|Αρχειοθήκη|Αρχεία"},
    {"tr",
     "Gönderilmiş|Gönderilenler|Gönderilmiş Öğeler|Gönderilmiş Postalar|Gönderilmiş "
     "İletiler|Gönderilen|Gönderildi|Gönderilmiş Ögeler",
     "Taslaklar|Taslak|Giden Kutusu",
     "Önemsiz|Önemsiz E-posta|Gereksiz|Gereksiz Posta|İstenmeyen|İstenmeyen Posta|İstenmeyen "
     "E-postalar",
     "Çöp|Çöp Kutusu|Silinmiş Öğeler|Silinmiş|Silinenler|Silinmiş İletiler|Silinmiş Ögeler",
     "Arşiv|Arşivler|Arşivlenenler"},
    {"ru", "Отправленные|Отправленное|Отправленные сообщения|Отправленные письма",
     "Черновики|Шаблоны", "Спам|Нежелательная почта",
     "Корзина|Удаленные|Удалённые|Удаленные элементы|Удаленные сообщения", "Архив|Архивы"},
    {"uk", "Надіслані|Відправлені|Надіслані елементи|Відіслані|Надіслане|Відправлене", "Чернетки",
     "Спам|Небажана пошта|Небажані|Небажані повідомлення",
     "Кошик|Смітник|Видалені|Видалені елементи|Видалене", "Архів|Архіви"},
    {"be", "Адпраўленыя|Дасланыя|Адпраўленае|Дасланае", "Чарнавікі", "Спам|Лухта|Непажаданая пошта",
     "Сметніца|Кошык|Выдаленыя|Смецце", "Архіў|Архівы"},
    {"ca", "Enviats|Elements enviats|Missatges enviats|Correu enviat|Enviat",
     "Esborranys|Esborrany|Safata de sortida",
     "Correu brossa|Brossa|Correu no desitjat|Correu electrònic brossa",
     "Paperera|Elements suprimits|Suprimits|Missatges suprimits", "Arxiu|Arxius|Arxivat"},
    {"eu", "Bidalitakoak|Bidalita|Bidalitako elementuak|Bidalitako mezuak",
     "Zirriborroak|Irteerako ontzia", "Zaborra|Zabor-posta|Baztergarria|Zabor-posta elektronikoa",
     "Zakarrontzia|Zaborrontzia|Ezabatutako elementuak|Ezabatuak", "Artxiboa|Artxibatuak"},
    {"gl", "Enviados|Elementos enviados|Mensaxes enviadas|Correo enviado", "Borradores|Rascuños",
     "Correo lixo|Correo non desexado|Lixo",
     "Papeleira|Elementos eliminados|Cesto do lixo|Mensaxes eliminadas", "Arquivo|Arquivos"},
    {"cy", "Anfonwyd|Anfonwyd Eitemau|Eitemau a Anfonwyd", "Drafftiau", "Sbam|Sothach",
     "Sbwriel|Eitemau Dilëwyd|Eitemau a Ddilëwyd", "Archif"},
    {"ga", "Seolta|Míreanna Seolta", "Dréachtaí", "Dramhphost|Turscar", "Bruscar|Míreanna Scriosta",
     "Cartlann"},
    {"he", "נשלח|פריטים שנשלחו|דואר שנשלח|דואר יוצא שנשלח|הודעות שנשלחו", "טיוטות",
     "דואר זבל|זבל|ספאם|דואר אלקטרוני זבל", "אשפה|פריטים שנמחקו|פח אשפה|סל מחזור|נמחקו", "ארכיון"},
    {"ar", "المرسلة|العناصر المرسلة|البريد المرسل|الرسائل المرسلة|المرسل|البريد المُرسل|مرسل",
     "المسودات|مسودات|علبة الصادر",
     "البريد غير المرغوب فيه|البريد غير الهام|غير المرغوب|البريد المزعج|غير مرغوب فيه",
     "المهملات|سلة المهملات|العناصر المحذوفة|المحذوفات|الرسائل المحذوفة|محذوف", "الأرشيف|أرشيف"},
    {"fa",
     "ارسال شده|فرستاده شده|موارد ارسالی|پیام های "
     "ارسالی|ارسال‌شده|فرستاده‌شده|موارد "
     "ارسال "
     "شده",
     "پیش نویس|پیش‌نویس‌ها|پیش‌نویس|پیش نویس ها",
     "هرزنامه|هرزنامه‌ها|ایمیل ناخواسته|اسپم",
     "زباله دان|سطل زباله|زباله‌دان|موارد حذف شده|حذف "
     "شده",
     "بایگانی|آرشیو"},
    {"hi", "भेजे गए|भेजे गए आइटम|भेजे गए मेल|भेजे गए ईमेल|प्रेषित", "ड्राफ़्ट|प्रारूप|मसौदे|ड्राफ्ट",
     "स्पैम|जंक ईमेल|जंक|रद्दी", "ट्रैश|कचरा|हटाए गए आइटम|रद्दी की टोकरी", "संग्रह|पुरालेख|आर्काइव"},
    {"th", "ส่งแล้ว|รายการที่ถูกส่ง|จดหมายที่ส่งแล้ว|จดหมายที่ส่ง|รายการที่ส่ง", "ร่าง|ฉบับร่าง|แบบร่าง|จดหมายร่าง",
     "จดหมายขยะ|อีเมลขยะ|สแปม|เมลขยะ", "ถังขยะ|รายการที่ถูกลบ|รายการที่ลบ|ที่ลบแล้ว", "เก็บถาวร|ที่เก็บถาวร"},
    {"vi", "Đã gửi|Thư đã gửi|Mục đã gửi|Các mục đã gửi|Khoản mục đã gửi",
     "Nháp|Thư nháp|Bản nháp|Bản thảo|Hộp thư đi", "Thư rác|Thư linh tinh|Email rác|Rác",
     "Thùng rác|Mục đã xóa|Đã xóa|Khoản mục đã xóa|Đã xoá|Mục đã xoá", "Lưu trữ|Kho lưu trữ"},
    {"id", "Terkirim|Item Terkirim|Pesan Terkirim|Surat Terkirim|Kotak Terkirim",
     "Draf|Kotak Keluar", "Email Sampah|Surat Sampah",
     "Sampah|Tong Sampah|Tempat Sampah|Item Dihapus|Item Terhapus|Kotak Sampah", "Arsip"},
    {"ms", "Dihantar|Item Dihantar|Mel Dihantar|Item yang Dihantar|Mesej Dihantar",
     "Draf|Peti Keluar", "E-mel Remeh|Mel Remeh|E-mel Sarap|Mel Sarap|Remeh",
     "Item yang Dipadamkan|Item Dipadam|Sampah|Tong Sampah", "Arkib"},
    {"ja",
     "送信済み|送信済みアイテム|送信済みメール|送信済みトレイ|送信済メール|送信メール|送信ボックス",
     "下書き|草稿|送信トレイ|テンプレート", "迷惑メール|スパム|迷惑メールフォルダ|スパムメール",
     "ゴミ箱|ごみ箱|削除済みアイテム|削除済み|削除済みメール", "アーカイブ|アーカイブ済み"},
    {"ko", "보낸 편지함|보낸편지함|보낸 메일함|보낸메일함|보낸 메시지|보낸 항목|보낸메일",
     "임시 보관함|임시보관함|임시 저장|초안|보낼 편지함|임시 편지함",
     "정크 메일|스팸|스팸함|스팸메일함|스팸 메일함|정크|정크메일",
     "휴지통|지운 편지함|지운편지함|삭제된 항목|삭제된 메시지|지운 항목",
     "보관|보관함|보관 파일|아카이브"},
    {"zh-Hans", "已发送|已发送邮件|已发邮件|已发送的邮件|已发送项目|已发件箱|寄件夹|已发",
     "草稿|草稿箱|草稿夹|发件箱", "垃圾邮件|垃圾箱|广告邮件|垃圾电子邮件|病毒邮件|垃圾信件",
     "已删除|已删除邮件|已删除的邮件|已删除项目|废件箱|废纸篓|回收站|垃圾桶",
     "存档|归档|已归档|邮件归档"},
    {"zh-Hant",
     "寄件備份|寄件匣備份|寄件備份匣|已傳送|已傳送的郵件|寄件夾|已傳送郵件|已寄出|送件備份",
     "草稿|草稿匣|草稿夾|寄件匣", "垃圾郵件|垃圾信件|垃圾信件匣|垃圾電子郵件|垃圾郵件匣|廣告信件",
     "垃圾桶|刪除的郵件|已刪除|刪除的項目|已刪除的郵件|回收筒|資源回收筒|已刪除郵件",
     "封存|封存檔|封存郵件|保存"},
    {"ka", "გაგზავნილი|გაგზავნილები|გაგზავნილი წერილები", "მონახაზები|დრაფტები|მოხაზულობები",
     "სპამი|ჯართი", "ნაგავი|წაშლილი|სანაგვე ყუთი|წაშლილები", "არქივი"},
    {"hy", "Ուղարկված|Ուղարկվածներ|Ուղարկված նամակներ", "Սևագրեր|Սեւագրեր", "Սպամ|Թափոն",
     "Աղբաման|Աղբարկղ|Ջնջված|Ջնջվածներ", "Արխիվ|Պահոց"},
    {"az", "Göndərilmiş|Göndərilənlər|Göndərilənlər qutusu|Göndərilmiş elementlər", "Qaralamalar",
     "Spam|Lazımsız|Tullantı", "Səbət|Zibil qabı|Zibil|Silinmiş elementlər|Silinənlər", "Arxiv"},
    {"kk", "Жіберілген|Жіберілгендер|Жіберілген хаттар|Жіберілген элементтер", "Шимай қағаздар",
     "Спам|Қажетсіз пошта|Керексіз пошта", "Себет|Қоқыс|Жойылғандар|Жойылған элементтер",
     "Мұрағат|Архив"},
});

// All mail: Gmail, in the languages where it is shown by name.
constexpr std::string_view kAllMail =
    "All Mail|Alle Nachrichten|Tous les messages|Todos los mensajes|Tutti i messaggi|Todos os "
    "e-mails|Todo o correio|Alle e-mails|Alle berichten|All e-post|Alle mails|Kaikki "
    "viestit|Všechny zprávy|Všetky správy|Az összes levél|Вся почта|Уся пошта|Tüm "
    "Postalar|すべてのメール|전체보관함|所有邮件|所有郵件|全部郵件";

// Exchange's folders of other things (column by column).
struct ExchangeLanguage {
  std::string_view calendar, contacts, tasks, notes, journal, certain;
};

constexpr auto kExchange = std::to_array<ExchangeLanguage>({
    {"Calendar|Birthdays|United States holidays", "Contacts|Suggested Contacts|Recipient Cache",
     "Tasks|To-Do", "Notes", "Journal",
     "Conversation History|Sync Issues|RSS Feeds|RSS Subscriptions|Conversation Action "
     "Settings|Quick Step Settings|ExternalContacts|PersonMetadata|Yammer Root"},
    {"Kalender", "Kontakte|Vorgeschlagene Kontakte", "Aufgaben", "Notizen", "Journal",
     "Aufgezeichnete "
     "Unterhaltungen|Unterhaltungsverlauf|Synchronisierungsprobleme|Synchronisationsprobleme|RSS-"
     "Feeds|RSS-Abonnements|Einstellungen für "
     "QuickSteps|Einstellungen für Unterhaltungsaktionen"},
    {"Calendrier", "Contacts|Contacts suggérés", "Tâches", "Notes", "Journal",
     "Historique des conversations|Historique de conversation|Problèmes de synchronisation|Flux "
     "RSS|Paramètres des actions rapides"},
    {"Calendario", "Contactos|Contactos sugeridos", "Tareas", "Notas", "Diario",
     "Historial de conversaciones|Historial de conversación|Problemas de sincronización|Fuentes "
     "RSS|Suscripciones de RSS"},
    {"Calendario", "Contatti|Contatti suggeriti", "Attività", "Note", "Diario",
     "Cronologia conversazioni|Cronologia conversazione|Problemi di sincronizzazione|Feed RSS"},
    {"Calendário", "Contatos|Contactos|Contatos Sugeridos", "Tarefas", "Anotações|Notas", "Diário",
     "Histórico de Conversa|Histórico de Conversas|Histórico de Conversações|Problemas de "
     "Sincronização|RSS Feeds"},
    {"Agenda|Kalender", "Contactpersonen|Contacten|Voorgestelde contactpersonen", "Taken",
     "Notities", "Logboek",
     "Gespreksgeschiedenis|Synchronisatieproblemen|RSS-feeds|RSS-abonnementen"},
    {"Kalender", "Kontaktpersoner|Kontakter|Foreslåede kontakter", "Opgaver", "Noter", "Journal",
     "Samtaleoversigt|Samtalehistorik|Synkroniseringsproblemer|RSS-kilder|RSS-feeds"},
    {"Kalender", "Kontakter|Föreslagna kontakter", "Uppgifter", "Anteckningar", "Journal",
     "Konversationshistorik|Synkroniseringsfel|Synkroniseringsproblem|RSS-feeds"},
    {"Kalender", "Kontakter", "Oppgaver", "Notater", "Journal|Logg",
     "Samtalelogg|Samtalehistorikk|Synkroniseringsproblemer|RSS-feeder"},
    {"Kalenteri", "Yhteystiedot|Yhteyshenkilöt", "Tehtävät", "Muistilaput|Muistiinpanot",
     "Päiväkirja", "Keskusteluhistoria|Synkronointiongelmat|RSS-syötteet"},
    {"Kalendarz", "Kontakty|Sugerowane kontakty", "Zadania", "Notatki", "Dziennik",
     "Historia konwersacji|Problemy z synchronizacją|Źródła danych RSS|Kanały informacyjne RSS"},
    {"Kalendář", "Kontakty|Navrhované kontakty", "Úkoly", "Poznámky", "Deník",
     "Historie konverzace|Historie konverzací|Potíže se synchronizací|Problémy se "
     "synchronizací|Informační kanály RSS"},
    {"Kalendár", "Kontakty", "Úlohy", "Poznámky", "Denník",
     "História konverzácií|Problémy so synchronizáciou|Informačné kanály RSS"},
    {"Naptár", "Névjegyek|Partnerek|Névjegyalbum", "Feladatok", "Feljegyzések|Jegyzetek", "Napló",
     "Beszélgetések előzményei|Beszélgetési előzmények|Szinkronizálási "
     "problémák|RSS-hírcsatornák|RSS-csatornák"},
    {"Koledar", "Stiki", "Opravila", "Opombe|Beležke", "Dnevnik",
     "Zgodovina pogovorov|Težave s sinhronizacijo|Viri RSS"},
    {"Kalendar", "Kontakti", "Zadaci", "Bilješke", "Dnevnik",
     "Povijest razgovora|Problemi sa sinkronizacijom|RSS sažeci sadržaja"},
    {"Календар|Kalendar", "Контакти|Kontakti", "Задаци|Zadaci", "Белешке|Beleške",
     "Дневник|Dnevnik",
     "Историја разговора|Istorija razgovora|Проблеми са синхронизацијом|Problemi sa "
     "sinhronizacijom"},
    {"Календар", "Контакти", "Задачи", "Бележки", "Дневник",
     "Хронология на разговорите|Проблеми при синхронизиране|RSS емисии"},
    {"Calendar", "Persoane de contact|Contacte", "Activități|Activităţi|Sarcini", "Note", "Jurnal",
     "Istoric conversații|Istoric conversaţii|Probleme de sincronizare|Fluxuri RSS"},
    {"Ημερολόγιο", "Επαφές", "Εργασίες", "Σημειώσεις", "Ημερολόγιο δραστηριοτήτων",
     "Ιστορικό συνομιλιών|Ιστορικό συζητήσεων|Ζητήματα συγχρονισμού|Τροφοδοσίες RSS"},
    {"Takvim", "Kişiler|Önerilen Kişiler", "Görevler", "Notlar", "Günlük",
     "Konuşma Geçmişi|Eşitleme Sorunları|RSS Akışları|RSS Beslemeleri"},
    {"Календарь", "Контакты|Предлагаемые контакты", "Задачи", "Заметки", "Дневник",
     "Журнал бесед|История разговоров|История бесед|Журнал разговоров|Ошибки "
     "синхронизации|Проблемы синхронизации|RSS-каналы|RSS-подписки"},
    {"Календар", "Контакти", "Завдання", "Нотатки", "Щоденник|Журнал",
     "Журнал розмов|Історія розмов|Проблеми синхронізації|RSS-канали"},
    {"Calendari", "Contactes", "Tasques", "Notes", "Diari",
     "Historial de converses|Historial de la conversa|Problemes de sincronització|Canals RSS"},
    {"Kalender", "Kontaktid", "Ülesanded", "Märkmed", "Päevik",
     "Vestluste ajalugu|Vestlusajalugu|Sünkroonimisprobleemid|RSS-kanalid"},
    {"Kalendārs", "Kontaktpersonas", "Uzdevumi", "Piezīmes", "Žurnāls",
     "Sarunu vēsture|Sinhronizācijas problēmas|RSS plūsmas"},
    {"Kalendorius", "Kontaktai|Adresatai", "Užduotys", "Pastabos", "Žurnalas",
     "Pokalbių retrospektyva|Pokalbių istorija|Sinchronizavimo problemos|RSS informacijos "
     "santraukos|RSS kanalai"},
    {"לוח שנה|יומן", "אנשי קשר", "משימות", "פתקים|הערות", "יומן אירועים",
     "היסטוריית שיחות|בעיות סינכרון|הזנות RSS"},
    {"التقويم", "جهات الاتصال", "المهام", "الملاحظات", "دفتر اليومية",
     "محفوظات المحادثات|محفوظات المحادثة|مشاكل المزامنة|موجزات RSS"},
    {"ปฏิทิน", "ที่ติดต่อ", "งาน", "บันทึกย่อ", "สมุดบันทึก", "ประวัติการสนทนา|ปัญหาการซิงค์|ตัวดึงข้อมูล RSS"},
    {"Lịch", "Liên hệ|Danh bạ", "Nhiệm vụ|Tác vụ", "Ghi chú", "Nhật ký",
     "Lịch sử Hội thoại|Lịch sử cuộc hội thoại|Sự cố Đồng bộ|Nguồn cấp RSS"},
    {"Kalender", "Kontak", "Tugas", "Catatan", "Jurnal",
     "Riwayat Percakapan|Masalah Sinkronisasi|Umpan RSS"},
    {"予定表|カレンダー", "連絡先", "タスク|仕事", "メモ", "履歴|履歴簿",
     "会話の履歴|会話履歴|同期の失敗|同期の問題|RSS フィード"},
    {"일정|달력", "연락처", "작업", "메모", "업무 일지|일지",
     "대화 내용|대화 기록|동기화 문제|RSS 피드"},
    {"日历", "联系人|建议的联系人", "任务", "便笺|便签", "日记",
     "对话历史记录|同步问题|RSS 源|RSS 订阅"},
    {"行事曆", "連絡人|建議的連絡人", "工作|任務", "記事|附註", "日誌",
     "交談記錄|對話記錄|交談歷程記錄|同步處理問題|同步問題|RSS 摘要"},
});

char32_t lower_letter(char32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 0x20 : c;
  if (c == 0xA0) return ' ';
  if (c == 0x2019 || c == 0x02BC) return '\'';
  if ((c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x391 && c <= 0x3A9) ||
      (c >= 0x410 && c <= 0x42F))
    return c + 0x20;
  if (c == 0x130) return 'i';
  if (c == 0x178) return 0xFF;
  if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E)) return c % 2 == 1 ? c + 1 : c;
  if ((c >= 0x100 && c <= 0x177) || (c >= 0x218 && c <= 0x21B) || (c >= 0x48A && c <= 0x4BF) ||
      (c >= 0x4D0 && c <= 0x52F) || (c >= 0x1EA0 && c <= 0x1EF9))
    return c | 1;
  if (c == 0x18F) return 0x259;
  if (c == 0x1A0 || c == 0x1AF) return c + 1;
  if (c == 0x3C2) return 0x3C3;  // the sigma at a word's end
  // Greek capitals are written without accents.
  constexpr std::pair<char32_t, char32_t> kAccents[] = {
      {0x3AC, 0x3B1}, {0x3AD, 0x3B5}, {0x3AE, 0x3B7}, {0x3AF, 0x3B9}, {0x3CA, 0x3B9},
      {0x3CB, 0x3C5}, {0x3CC, 0x3BF}, {0x3CD, 0x3C5}, {0x3CE, 0x3C9}, {0x390, 0x3B9},
      {0x386, 0x3B1}, {0x388, 0x3B5}, {0x389, 0x3B7}, {0x38A, 0x3B9}, {0x38C, 0x3BF},
      {0x38E, 0x3C5}, {0x38F, 0x3C9}};
  for (auto [accented, plain] : kAccents)
    if (c == accented) return plain;
  if (c >= 0x400 && c <= 0x40F) return c + 0x50;
  if (c >= 0x531 && c <= 0x556) return c + 0x30;
  return c;
}

// Letters of two and three octets; everything else, and what isn't UTF-8, stays as it is.
std::string folded(std::string_view name) {
  std::string out;
  out.reserve(name.size());
  auto at = [&](std::size_t i) { return static_cast<unsigned char>(name[i]); };
  auto follows = [&](std::size_t i) { return i < name.size() && (at(i) & 0xC0) == 0x80; };
  for (std::size_t i = 0; i < name.size();) {
    char32_t c = at(i);
    if (c < 0x80) {
      append_utf8(out, lower_letter(c));
      ++i;
    } else if ((c & 0xE0) == 0xC0 && follows(i + 1)) {
      append_utf8(out, lower_letter((c & 0x1F) << 6 | (at(i + 1) & 0x3F)));
      i += 2;
    } else if ((c & 0xF0) == 0xE0 && follows(i + 1) && follows(i + 2)) {
      append_utf8(out, lower_letter((c & 0x0F) << 12 | char32_t(at(i + 1) & 0x3F) << 6 |
                                    (at(i + 2) & 0x3F)));
      i += 3;
    } else {
      out += name[i++];
    }
  }
  return out;
}

template <class Meaning>
using Names = std::unordered_map<std::string, Meaning>;

// The first meaning of a name stays: a word that means two things in two languages is in the table
// once, where both lead to the same treatment.
template <class Meaning>
void add(Names<Meaning>& names, std::string_view alternatives, Meaning meaning) {
  for (auto name : split(alternatives, '|')) names.emplace(folded(name), meaning);
}

const Names<std::string_view>& uses() {
  static const Names<std::string_view> all = [] {
    Names<std::string_view> names;
    for (const auto& language : kLanguages) {
      add<std::string_view>(names, language.sent, "\\sent");
      add<std::string_view>(names, language.drafts, "\\drafts");
      add<std::string_view>(names, language.junk, "\\junk");
      add<std::string_view>(names, language.trash, "\\trash");
      add<std::string_view>(names, language.archive, "\\archive");
    }
    add<std::string_view>(names, kAllMail, "\\all");
    return names;
  }();
  return all;
}

const Names<ExchangeItems>& items() {
  static const Names<ExchangeItems> all = [] {
    Names<ExchangeItems> names;
    for (const auto& language : kExchange) {
      add(names, language.certain, ExchangeItems::certain);
      add(names, language.calendar, ExchangeItems::calendar);
      add(names, language.contacts, ExchangeItems::contacts);
      add(names, language.tasks, ExchangeItems::tasks);
      add(names, language.notes, ExchangeItems::notes);
      add(names, language.journal, ExchangeItems::journal);
    }
    return names;
  }();
  return all;
}

// Longer than any name in the tables: nothing to look up.
constexpr std::size_t kLongestName = 300;

}  // namespace

std::string_view well_known_use(std::string_view name) {
  if (name.size() > kLongestName) return {};
  auto found = uses().find(folded(trim(name)));
  return found == uses().end() ? std::string_view{} : found->second;
}

ExchangeItems exchange_items(std::string_view name) {
  if (name.size() > kLongestName) return ExchangeItems::none;
  auto found = items().find(folded(trim(name)));
  return found == items().end() ? ExchangeItems::none : found->second;
}

}  // namespace hearback::rules
