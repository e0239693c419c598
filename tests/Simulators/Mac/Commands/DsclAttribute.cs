using System.Xml.Linq;

namespace Prestage.Simulators.Mac.Commands;

/// <summary>One attribute of a directory record.</summary>
internal sealed record DsclAttribute(string Key, bool Native, params string[] Values)
{
    private const string NativePrefix = "dsAttrTypeNative:";
    private const string StandardPrefix = "dsAttrTypeStandard:";

    private string ShownKey => Native ? NativePrefix + Key : Key;

    /// <summary>The key without its type.</summary>
    public static string Plain(string key) => key.StartsWith(NativePrefix, StringComparison.Ordinal) ? key[NativePrefix.Length..]
        : key.StartsWith(StandardPrefix, StringComparison.Ordinal) ? key[StandardPrefix.Length..]
        : key;

    /// <summary>Values with a blank in one of them go to lines of their own, indented by one.</summary>
    public string Text() => Values.Any(value => value.Contains(' ', StringComparison.Ordinal))
        ? $"{ShownKey}:\n{string.Concat(Values.Select(value => $" {value}\n"))}"
        : $"{ShownKey}: {string.Join(' ', Values)}\n";

    /// <summary>What <c>dscl -plist</c> prints: arrays of strings by full key.</summary>
    public static string Plist(IEnumerable<DsclAttribute> attributes) => new XDocument(
        new XDocumentType("plist", "-//Apple//DTD PLIST 1.0//EN", "http://www.apple.com/DTDs/PropertyList-1.0.dtd", null),
        new XElement(
            "plist",
            new XAttribute("version", "1.0"),
            new XElement("dict", attributes.SelectMany(attribute => new[]
            {
                new XElement("key", (attribute.Native ? NativePrefix : StandardPrefix) + attribute.Key),
                new XElement("array", attribute.Values.Select(value => new XElement("string", value))),
            })))) + "\n";
}
