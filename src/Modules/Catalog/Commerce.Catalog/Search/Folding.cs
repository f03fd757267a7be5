using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Commerce.Catalog.Search;

/// <summary>
/// Brings text to the one form that is compared: lower case, no accents, compatibility forms (full width, half-width kana, ligatures, superscripts)
/// as their plain letters, Hangul composed. The shop runs without ICU, where <c>string.Normalize</c> changes nothing, so the tables are its own.
/// </summary>
internal static class Folding
{
    // plain=variants;… — the variants of Latin letters, digits and units of the blocks up to U+33FF.
    private const string Plain =
        " =℠™;0=⁰₀;0 3=↉;1=¹₁⅟①㏠;1 10=⅒;1 3=⅓;1 5=⅕;1 6=⅙;1 7=⅐;1 8=⅛;1 9=⅑;10=⑩㏩;11=⑪㏪;12=⑫㏫;13=⑬㏬;14=⑭㏭;15=⑮㏮;16=⑯㏯;17=⑰㏰;18=⑱㏱;19=⑲㏲;2=²₂②㏡;2 3=⅔;2 5=⅖;" +
        "20=⑳㏳;21=㏴;22=㏵;23=㏶;24=㏷;25=㏸;26=㏹;27=㏺;28=㏻;29=㏼;3=³₃③㏢;3 5=⅗;3 8=⅜;30=㏽;31=㏾;4=⁴₄④㏣;4 5=⅘;5=⁵₅⑤㏤;5 6=⅚;5 8=⅝;6=⁶₆⑥㏥;7=⁷₇⑦㏦;7 8=⅞;8=⁸₈⑧㏧;9=⁹₉⑨㏨;" +
        "a=ªÀÁÂÃÄÅàáâãäåĀāĂăĄąǍǎǞǟǠǡǺǻȀȁȂȃȦȧḀḁẠạẢảẤấẦầẨẩẪẫẬậẮắẰằẲẳẴẵẶặₐÅ;a c=℀;a m=㏟;a s=℁;a.m.=㏂;ae=ÆæǢǣǼǽ;au=㍳;b=ƀƁɃḂḃḄḅḆḇℬ;bar=㍴;bq=㏃;c=ÇçĆćĈĉĊċČčḈḉℂ℃ℭⅭⅽ;" +
        "c kg=㏆;c o=℅;c u=℆;cal=㎈;cc=㏄;cd=㏅;cm=㎝;cm2=㎠;cm3=㎤;co.=㏇;d=ÐðĎďĐđḊḋḌḍḎḏḐḑḒḓⅅⅆⅮⅾ;da=㍲;db=㏈;dl=㎗;dm=㍷;dm2=㍸;dm3=㍹;dz=ǄǅǆǱǲǳ;" +
        "e=ÈÉÊËèéêëĒēĔĕĖėĘęĚěȄȅȆȇȨȩḔḕḖḗḘḙḚḛḜḝẸẹẺẻẼẽẾếỀềỂểỄễỆệₑℯℰⅇ;f=ƑƒḞḟ℉ℱ;fax=℻;ff=ﬀ;ffi=ﬃ;ffl=ﬄ;fi=ﬁ;fl=ﬂ;fm=㎙;g=ĜĝĞğĠġĢģǦǧǴǵḠḡℊ;gal=㏿;gb=㎇;ghz=㎓;gpa=㎬;gy=㏉;" +
        "h=ĤĥĦħȞȟḢḣḤḥḦḧḨḩḪḫẖₕℋℌℍℎℏ;ha=㏊;hp=㏋;hpa=㍱;hz=㎐;i=ÌÍÎÏìíîïĨĩĪīĬĭĮįİıǏǐȈȉȊȋḬḭḮḯỈỉỊịⁱℐℑℹⅈⅠⅰ;ii=Ⅱⅱ;iii=Ⅲⅲ;ij=Ĳĳ;in=㏌;iu=㍺;iv=Ⅳⅳ;ix=Ⅸⅸ;j=Ĵĵǰⅉ;" +
        "k=ĶķĸǨǩḰḱḲḳḴḵₖK㏀;ka=㎄;kb=㎅;kcal=㎉;kg=㎏;khz=㎑;kk=㏍;kl=㎘;km=㎞㏎;km2=㎢;km3=㎦;kpa=㎪;kt=㏏;kv=㎸;kw=㎾;l=ĹĺĻļĽľŁłḶḷḸḹḺḻḼḽₗℒℓⅬⅼ;lj=Ǉǈǉ;lm=㏐;ln=㏑;log=㏒;lx=㏓;" +
        "m=ḾḿṀṁṂṃₘℳⅯⅿ㏁;m s=㎧;m s2=㎨;m2=㎡;m3=㎥;ma=㎃;mb=㎆㏔;mg=㎎;mhz=㎒;mil=㏕;ml=㎖;mm=㎜;mm2=㎟;mm3=㎣;mol=㏖;mpa=㎫;ms=㎳;mv=㎷㎹;mw=㎽㎿;n=ÑñŃńŅņŇňŊŋǸǹṄṅṆṇṈṉṊṋⁿₙℕ;na=㎁;" +
        "nf=㎋;nj=Ǌǋǌ;nm=㎚;no=№;ns=㎱;nv=㎵;nw=㎻;o=ºÒÓÔÕÖØòóôõöøŌōŎŏŐőƠơǑǒǪǫǬǭǾǿȌȍȎȏȪȫȬȭȮȯȰȱṌṍṎṏṐṑṒṓỌọỎỏỐốỒồỔổỖỗỘộỚớỜờỞởỠỡỢợₒℴ;oe=Œœ;ov=㍵;p=ṔṕṖṗₚℙ;p.m.=㏘;pa=㎀㎩;" +
        "pc=㍶;pf=㎊;ph=㏗;ppm=㏙;pr=㏚;ps=㎰;pv=㎴;pw=㎺;q=ℚ;r=ŔŕŖŗŘřȐȑȒȓṘṙṚṛṜṝṞṟℛℜℝ;rad=㎭;rad s=㎮;rad s2=㎯;s=ŚśŜŝŞşŠšſȘșṠṡṢṣṤṥṦṧṨṩẛₛ;sr=㏛;ss=ßẞ;st=ﬅﬆ;sv=㏜;" +
        "t=ŢţŤťŦŧȚțṪṫṬṭṮṯṰṱẗₜ;tel=℡;th=Þþ;thz=㎔;u=ÙÚÛÜùúûüŨũŪūŬŭŮůŰűŲųƯưǓǔǕǖǗǘǙǚǛǜȔȕȖȗṲṳṴṵṶṷṸṹṺṻỤụỦủỨứỪừỬửỮữỰự;ua=㎂;uf=㎌;ug=㎍;ul=㎕;um=㎛;us=㎲;uv=㎶;uw=㎼;v=ṼṽṾṿⅤⅴ;" +
        "v m=㏞;vi=Ⅵⅵ;vii=Ⅶⅶ;viii=Ⅷⅷ;w=ŴŵẀẁẂẃẄẅẆẇẈẉẘ;wb=㏝;x=ẊẋẌẍₓⅩⅹ;xi=Ⅺⅺ;xii=Ⅻⅻ;y=ÝýÿŶŷŸȲȳẎẏẙỲỳỴỵỶỷỸỹ;z=ŹźŻżŽžẐẑẒẓẔẕℤℨ";

    private const string HalfWidthKana = "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";
    private const string Voiced = "ガギグゲゴザジズゼゾダヂヅデドバビブベボヴ";
    private const string Unvoiced = "カキクケコサシスセソタチツテトハヒフヘホウ";
    private const string HalfVoiced = "パピプペポ";
    private const string HalfUnvoiced = "ハヒフヘホ";

    private static readonly FrozenDictionary<char, string> Table = Build();

    /// <summary>The folded text. Letters that have no plain form stay as they are; the length may change.</summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            Append(folded, c);
        }

        return folded.ToString();
    }

    private static void Append(StringBuilder folded, char c)
    {
        switch (c)
        {
            case < (char)0x80:
                folded.Append(char.ToLowerInvariant(c));
                break;
            case >= (char)0xFF01 and <= (char)0xFF5E:
                folded.Append(char.ToLowerInvariant((char)(c - 0xFEE0)));
                break;
            case >= (char)0xFF66 and <= (char)0xFF9D:
                folded.Append(HalfWidthKana[c - 0xFF66]);
                break;
            case (char)0xFF9E or (char)0x3099:
                Replace(folded, Unvoiced, Voiced);
                break;
            case (char)0xFF9F or (char)0x309A:
                Replace(folded, HalfUnvoiced, HalfVoiced);
                break;
            case >= (char)0x3041 and <= (char)0x3096:
                // Hiragana and katakana of one sound are one letter to a searcher.
                folded.Append((char)(c + 0x60));
                break;
            case >= (char)0x1100 and <= (char)0x11FF:
                Compose(folded, c);
                break;
            case (char)0x3000 or (char)0x00A0:
                folded.Append(' ');
                break;
            case (char)0x00AD or (char)0xFEFF or (char)0x200B or (char)0x200C or (char)0x200D:
                break;
            default:
                if (Table.TryGetValue(c, out var plain))
                {
                    folded.Append(plain);
                }
                else if (char.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
                {
                    folded.Append(char.ToLowerInvariant(c));
                }

                break;
        }
    }

    // Conjoining jamo, as some systems send Hangul: initial and vowel make a syllable, a final joins the one before.
    private static void Compose(StringBuilder folded, char c)
    {
        var last = folded.Length > 0 ? folded[^1] : ' ';
        if (c is >= (char)0x1161 and <= (char)0x1175 && last is >= (char)0x1100 and <= (char)0x1112)
        {
            folded[^1] = (char)(0xAC00 + (((last - 0x1100) * 21) + (c - 0x1161)) * 28);
        }
        else if (c is >= (char)0x11A8 and <= (char)0x11C2 && last is >= (char)0xAC00 and <= (char)0xD7A3 && (last - 0xAC00) % 28 == 0)
        {
            folded[^1] = (char)(last + (c - 0x11A7));
        }
        else
        {
            folded.Append(c);
        }
    }

    private static void Replace(StringBuilder folded, string from, string to)
    {
        var at = folded.Length > 0 ? from.IndexOf(folded[^1], StringComparison.Ordinal) : -1;
        if (at >= 0)
        {
            folded[^1] = to[at];
        }
    }

    private static FrozenDictionary<char, string> Build()
    {
        var table = new Dictionary<char, string>();
        foreach (var group in Plain.Split(';'))
        {
            var equals = group.IndexOf('=', StringComparison.Ordinal);
            foreach (var variant in group.AsSpan(equals + 1))
            {
                table[variant] = group[..equals];
            }
        }

        return table.ToFrozenDictionary();
    }
}
