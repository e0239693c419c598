using System.Security.Cryptography;

namespace Prestage.Simulators.Sandbox;

/// <summary>A person of the simulated tenant, and what that person knows. Not a record, whose text would show it.</summary>
internal sealed class SandboxPerson(int number, string domain = "example.com")
{
    private static readonly string[] FirstNames = ["Anna", "Ben", "Carla", "Deniz", "Emil", "Fatima", "Goran", "Hana"];

    public string Username { get; } = $"{FirstNames[number % FirstNames.Length].ToLowerInvariant()}{number + 1}";

    public string Firstname { get; } = FirstNames[number % FirstNames.Length];

    public string Lastname { get; } = $"Berg-{number + 1}";

    public string FullName => $"{Firstname} {Lastname}";

    public string Email => $"{Username}@{domain}";

    /// <summary>The <c>employeeIdentifier</c> that IT told the person.</summary>
    public string Word { get; } = $"word-{RandomNumberGenerator.GetHexString(12, lowercase: true)}";

    /// <summary>What the person chooses, or has already.</summary>
    public string Password { get; } = $"Aa1-{RandomNumberGenerator.GetHexString(20, lowercase: true)}";

    /// <summary>The password, and those that the person chooses where it was refused as used before.</summary>
    public IEnumerable<string> Passwords => Enumerable.Range(0, 6).Select(times => Password + string.Concat(Enumerable.Repeat(Mac.Person.Another, times)));

    /// <summary>Whether the person has that password in JumpCloud already.</summary>
    public bool IsActive { get; init; }
}
