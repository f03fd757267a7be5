using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Commerce.Messages.ReadModels;
using MimeKit;

namespace Commerce.Messages.Letters;

/// <summary>A letter before it is put into an envelope: the same words as plain text and as a page. All that it says is escaped; nothing in it runs or loads.</summary>
/// <param name="Locale">Its language.</param>
/// <param name="Address">Where to.</param>
/// <param name="Name">To whom, or null.</param>
/// <param name="Subject">What the list of a mail program shows.</param>
/// <param name="Paragraphs">What it says.</param>
/// <param name="Rows">What it lists, label and value.</param>
/// <param name="Sums">What it adds up, label and value; the last one is the total.</param>
/// <param name="Closing">Its last words.</param>
/// <param name="Signature">Who writes.</param>
internal sealed record Letter(
    string Locale, string Address, string? Name, string Subject, IReadOnlyList<string> Paragraphs, IReadOnlyList<LetterRow> Rows, IReadOnlyList<LetterRow> Sums,
    string Closing, string Signature)
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>The letter as plain text.</summary>
    public string Text()
    {
        var text = new StringBuilder(1024);
        text.AppendJoin("\n\n", Paragraphs).Append("\n\n");
        Lines(text, Rows);
        Lines(text, Sums);
        return text.Append(Closing).Append('\n').Append(Signature).Append('\n').ToString();
    }

    /// <summary>The letter as a page.</summary>
    public string Html()
    {
        var page = new StringBuilder(2048);
        page.Append("<!DOCTYPE html>\n<html lang=\"").Append(Locale).Append("\">\n<head>\n<meta charset=\"utf-8\">\n<title>").Append(Escape(Subject))
            .Append("</title>\n</head>\n<body style=\"font-family:sans-serif;max-width:40rem;margin:1.5rem auto;color:#111\">\n");
        foreach (var paragraph in Paragraphs)
        {
            page.Append("<p>").Append(Escape(paragraph)).Append("</p>\n");
        }

        if (Rows.Count + Sums.Count > 0)
        {
            page.Append("<table style=\"border-collapse:collapse;width:100%\">\n");
            Cells(page, Rows, "td");
            Cells(page, Sums, "th");
            page.Append("</table>\n");
        }

        return page.Append("<p>").Append(Escape(Closing)).Append("<br>\n").Append(Escape(Signature)).Append("</p>\n</body>\n</html>\n").ToString();
    }

    /// <summary>The letter in its envelope. A message keeps its Message-ID through every attempt, so a receiver can tell a second copy from a second letter.</summary>
    public MimeMessage ToMail(OutgoingMessage message, MailParty from, DateTimeOffset now)
    {
        var sender = new MailboxAddress(from.Name, from.Address);
        var mail = new MimeMessage
        {
            Subject = Subject,
            Date = now,
            MessageId = string.Create(CultureInfo.InvariantCulture, $"{message.Id:N}.{message.Edition}@{sender.Domain}"),
            // Lines of text end in CRLF on the way, also inside of base64, where no server would mend them.
            Body = new BodyBuilder { TextBody = Text().ReplaceLineEndings("\r\n"), HtmlBody = Html().ReplaceLineEndings("\r\n") }.ToMessageBody(),
        };
        mail.From.Add(sender);
        mail.To.Add(new MailboxAddress(Name, Address));
        // Robots do not answer robots (RFC 3834).
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        mail.Headers.Add(HeaderId.ContentLanguage, Locale);
        mail.Prepare(EncodingConstraint.SevenBit);
        return mail;
    }

    private static void Lines(StringBuilder text, IReadOnlyList<LetterRow> rows)
    {
        foreach (var row in rows)
        {
            text.Append(row.Label).Append(": ").Append(row.Value).Append('\n');
        }

        if (rows.Count > 0)
        {
            text.Append('\n');
        }
    }

    private static void Cells(StringBuilder page, IReadOnlyList<LetterRow> rows, string label)
    {
        foreach (var row in rows)
        {
            page.Append("<tr><").Append(label).Append(" style=\"text-align:left;font-weight:normal;padding:.3rem 0;border-bottom:1px solid #ccc\">").Append(Escape(row.Label))
                .Append("</").Append(label).Append("><td style=\"text-align:right;padding:.3rem 0;border-bottom:1px solid #ccc\">").Append(Escape(row.Value)).Append("</td></tr>\n");
        }
    }

    private static string Escape(string text) => Encoder.Encode(text);
}

/// <summary>A label and what it says.</summary>
internal sealed record LetterRow(string Label, string Value);
