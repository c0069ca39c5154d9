import { newSid } from './sids.ts';

/** A customer's account: what REST authenticates and webhooks are signed with. */
export interface Account {
  sid: string;
  authToken: string;
  friendlyName: string;
  status: 'active' | 'suspended' | 'closed';
  ownerAccountSid: string;
  /** Outbound calls that may start per second. */
  callsPerSecond: number;
  dateCreated: Date;
  dateUpdated: Date;
}

/** A number that an account owns, and where its calls are asked about. */
export interface PhoneNumber {
  sid: string;
  accountSid: string;
  phoneNumber: string;
  settings: NumberSettings;
  dateCreated: Date;
  dateUpdated: Date;
}

/** What a customer may set on a number, by REST parameter name. */
export type NumberSettings = Record<string, string>;

export interface ApiKey {
  sid: string;
  accountSid: string;
  secret: string;
  friendlyName: string;
  dateCreated: Date;
}

/** An account as configuration gives it. */
export interface AccountSeed {
  sid: string;
  authToken: string;
  friendlyName?: string;
  callsPerSecond?: number;
  numbers?: readonly NumberSeed[];
}

export interface NumberSeed {
  phoneNumber: string;
  voiceUrl?: string;
  voiceFallbackUrl?: string;
  statusCallback?: string;
}

/** All accounts, numbers and keys of the network. */
export class Accounts {
  readonly accounts = new Map<string, Account>();
  readonly numbers = new Map<string, PhoneNumber>();
  readonly keys = new Map<string, ApiKey>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Adds or replaces an account; its numbers are set to exactly what is given. */
  seed(seed: AccountSeed): void {
    const now = this.#now();
    this.accounts.set(seed.sid, {
      sid: seed.sid,
      authToken: seed.authToken,
      friendlyName: seed.friendlyName ?? 'Account',
      status: 'active',
      ownerAccountSid: seed.sid,
      callsPerSecond: seed.callsPerSecond ?? 1,
      dateCreated: now,
      dateUpdated: now,
    });
    for (const number of this.numbers.values()) if (number.accountSid === seed.sid) this.numbers.delete(number.sid);
    for (const number of seed.numbers ?? []) {
      this.addNumber(seed.sid, number.phoneNumber, {
        VoiceUrl: number.voiceUrl ?? '',
        VoiceFallbackUrl: number.voiceFallbackUrl ?? '',
        StatusCallback: number.statusCallback ?? '',
      });
    }
  }

  /** Adds a subaccount with a token of its own. */
  addSubaccount(owner: Account, friendlyName: string, authToken: string): Account {
    const now = this.#now();
    const account: Account = {
      ...owner,
      sid: newSid('AC'),
      ownerAccountSid: owner.sid,
      friendlyName,
      authToken,
      dateCreated: now,
      dateUpdated: now,
    };
    this.accounts.set(account.sid, account);
    return account;
  }

  addNumber(accountSid: string, phoneNumber: string, settings: NumberSettings): PhoneNumber {
    const now = this.#now();
    const number = { sid: newSid('PN'), accountSid, phoneNumber, settings, dateCreated: now, dateUpdated: now };
    this.numbers.set(number.sid, number);
    return number;
  }

  /** The number's entry, whoever owns it. */
  numberOf(phoneNumber: string): PhoneNumber | undefined {
    return this.numbers.values().find((number) => number.phoneNumber === phoneNumber);
  }

  /** Who a pair of credentials (account and token, or key and secret) belongs to. */
  authenticate(user: string, password: string): Account | undefined {
    const account = this.accounts.get(user);
    if (account) return account.authToken === password ? account : undefined;
    const key = this.keys.get(user);
    return key?.secret === password ? this.accounts.get(key.accountSid) : undefined;
  }
}
