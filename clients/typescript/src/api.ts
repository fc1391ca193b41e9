// Generated from docs/api.yaml by npm run generate. Do not edit.

export interface paths {
    "/payments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List payments
         * @description The newest payments first, by the time of their creation. Without payments:read:all a caller gets the payments that it is the customer of, or made without a customer, also if customer_id names another. A page may have fewer payments than limit, even none, and still have a cursor, because a request examines a limited number of payments. The list is at its end when there is no cursor. A payment that was created in the last seconds may be missing. Each payment is as GET /payments/{invoice_number} shows it, without the history.
         */
        get: operations["listpayments"];
        put?: never;
        /**
         * Ask for a payment page
         * @description The body is DOKU's create-page body. A token without payments:price must send a quote.
         *
         *     The invoice number is the key. It has one page at a time, even if the request is sent many times. A repeat must have the same body, and gets
         *     the same page. After a page has ended unpaid, the same body gets the order's next page (201), if check status reports that nothing was paid.
         *
         *     Before the end, another body is 409, and the answer contains the time at which the page ends. After the end, another amount, type, promo,
         *     customer or metadata is 409 too.
         *
         *     With an invoice number, the header Idempotency-Key is not read. Without one, the header names the order: the same key of the same caller is the
         *     same order, and the answer contains its invoice number.
         */
        post: operations["createpage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/{invoice_number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a payment
         * @description A caller reads only its own payments, unless the token has payments:read:all. Only this answer proves a payment. The browser's return never does.
         */
        get: operations["getpayment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/{invoice_number}/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask DOKU about a payment now
         * @description For a page that waits for a payment, and for a person who wants to know what DOKU knows. kasir asks DOKU and answers as GET does. A caller may ask about its own unpaid payments, from 60 seconds after the page was made, and again 60 seconds after DOKU was last asked. With payments:read:all a caller may ask about every payment, again 10 seconds after DOKU was last asked. Before that the answer is 429 with Retry-After. The payment of a caller without payments:read:all that is not unpaid any more is answered without asking DOKU. A body is not needed.
         */
        post: operations["refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/{invoice_number}/capture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take the money of an authorised payment
         * @description An order is captured once, so its invoice number is the key. The header Idempotency-Key changes nothing and is not read. A repeat must have the same amount. {} captures the whole authorised amount. An empty body, or a payment without an amount, is 422.
         */
        post: operations["capture"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/{invoice_number}/refunds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give money back, once per Idempotency-Key
         * @description Each key makes one refund. A repeat under the same key must have the same refund.amount, and gets the same refund. With another amount it is 422. After a refusal the same key may be used to ask again. kasir compares expected_refundable when the refund is first asked for. It ignores expected_refundable in a repeat of a refund that it knows.
         */
        post: operations["refund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/{invoice_number}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give an unpaid order no further page
         * @description Use it for an order that nobody should pay any more. DOKU cannot withdraw an open page. If money still comes, the order is PAID and a person is called (payment.attention, closed_paid). A repeat changes nothing and gets the same answer. An order that is authorised or paid is 409.
         */
        post: operations["close"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/{invoice_number}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record what a person found in DOKU's Back Office
         * @description Send operation and outcome, or conflict and decision, or attention, and only one of them. operation is for an operation that is IN_REVIEW or a refund that is MANUAL. attention is for any other open case: it says that a person has dealt with it, and ends it. The same person may repeat it; for another person it is 409. subject is required if the order has, or had, several cases of the kind. The first decision about a conflict is final: the same decision again is 200, and another one is 409. counts makes the reported payment count. It is 422 if DOKU reported no payment that can count. None of these can be undone. An id that the order does not have is 422.
         */
        post: operations["resolve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/payments/{invoice_number}/records": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record money that moved at DOKU outside of kasir
         * @description Use it for what DOKU did without kasir: a refund or void in the Back Office, a capture there, a chargeback, a chargeback that was reversed. kasir then counts it: refundable falls, and the payment is listed with it under elsewhere. DOKU's own report of the same movement is not counted twice. Nothing is sent to DOKU. A record is kept once for each Idempotency-Key: a repeat gets the same answer, and another body under the key, or the key on another payment, is 409. A record is never erased. A withdrawal says that a movement did not happen; it names the movement's id in elsewhere.
         */
        post: operations["record"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/customers/{customer_id}/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The cards a customer has saved at DOKU
         * @description Each process asks DOKU at most once in 5 seconds for one customer. Within that time it gives the same answer again. A card that was just saved may be missing for that long.
         */
        get: operations["listtokens"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/customers/{customer_id}/tokens/{token_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Forget a saved card */
        delete: operations["unbind"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/settlements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List settlements
         * @description The settlements whose reports were read, the newest first, by the time at which the report was first read. A page has settlements of one year in Jakarta. It may have none and still have a cursor. The list goes back to the first year with a settlement, without a gap.
         */
        get: operations["listsettlements"];
        put?: never;
        /**
         * Upload a settlement report
         * @description The answer is a form for one file of at most max_bytes. Send it to url with POST as multipart/form-data: first every field of fields, then the report as the field file. No token is sent with it. S3 answers 204. The report is then read: GET /settlements has it after some seconds. A file that is wrong is not listed. The object result in the bucket then names line and column. A report that was read before changes nothing.
         */
        post: operations["uploadsettlement"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/settlements/{batch}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A settlement with its differences
         * @description The sums of the report's rows by kind, and the rows that do not match the payments, in the order of the report.
         */
        get: operations["getsettlement"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * For DOKU: report the result of a payment
         * @description DOKU signs the raw bytes with the headers Client-Id, Request-Id, Request-Timestamp and Signature. The answer is 200 only after the report is stored. DOKU sends a report again that was answered otherwise. The body is DOKU's, in any form that DOKU sends: docs/doku.md.
         */
        post: operations["notify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Format: int64
         * @description whole rupiah
         */
        Rupiah: number;
        /**
         * Format: int64
         * @description whole rupiah, at least 1
         */
        PositiveRupiah: number;
        /** @description letters, digits and hyphens */
        InvoiceNumber: string;
        /** @example 7f0c1f0a-5a6d-4e0e-9a52-3b1f4f6f1c2d */
        IdempotencyKey: string;
        /** @description the first 6 to 8 digits of a card's number */
        Bin: string;
        /** @description six hexadecimal digits, such as E1251B */
        Colour: string;
        /** @description DOKU's create-page body and the merchant's quote */
        PageRequest: {
            order: components["schemas"]["PageOrder"];
            card?: components["schemas"]["PageCard"];
            customer: components["schemas"]["Customer"];
            payment?: components["schemas"]["PagePayment"];
            override_configuration?: components["schemas"]["OverrideConfiguration"];
            additional_info?: components["schemas"]["AdditionalInfo"];
            metadata?: components["schemas"]["NewMetadata"];
            /** @description a JWT that the merchant's back end signed: docs/quotes.md. Required without payments:price */
            quote?: string;
        };
        /**
         * @description the merchant's own texts about the order, such as its number in another system. GET shows them with payments:read:all. DOKU does not receive them, and events do not contain them. At most 512 bytes as JSON. A name has 1 to 40 of the characters a-z, 0-9 and _. A text must not contain @ or a control character, or 13 or more digits in a row, also with spaces, dashes or dots between them. A UUID or a longer hexadecimal id may have such digits. Metadata are part of the request that a repeat must match. The next page of an order keeps them, and a request for it may leave them out. Do not write personal data into them. Everyone who may ask for the page may send metadata, a browser with a quote too, so they prove nothing.
         * @example {
         *       "cart_id": "CART-77",
         *       "channel": "web"
         *     }
         */
        NewMetadata: {
            [key: string]: string;
        };
        PageOrder: {
            /** @description letters, digits and hyphens; at most 27 with the acquirer BANK_MANDIRI. It may be left out if an Idempotency-Key is sent */
            invoice_number?: string;
            amount: components["schemas"]["PositiveRupiah"];
            /** @description the sum of price times quantity is amount */
            line_items?: components["schemas"]["LineItem"][];
            /** @description where the customer goes after success, an absolute URL whose host is in CALLBACK_HOSTS; required with auto_redirect */
            callback_url?: string;
            /** @description where the customer goes after a failure; callback_url if it is left out */
            failed_url?: string;
            /** @description DOKU's page sends the customer to callback_url by itself */
            auto_redirect?: boolean;
            /** @description printed on the customer's statement, if DOKU enabled it */
            descriptor?: string;
            session_id?: string;
        };
        LineItem: {
            name?: string;
            price?: components["schemas"]["Rupiah"];
            /** Format: int64 */
            quantity: number;
        };
        PageCard: {
            /** @description id of a saved card, which fills in the card's number; needs customer.id */
            token?: string;
            /** @description saves the card even if the customer does not tick the box; needs customer.id */
            save?: boolean;
        };
        /** @description the person who pays. email or phone is required */
        Customer: {
            /** @description the merchant's name of the customer; without payments:price the token's subject, or left out */
            id?: string;
            name?: string;
            email?: string;
            /** @description calling code and number, such as 6281122334455 */
            phone?: string;
            address?: string;
            /** @description two letters of ISO 3166-1, such as ID */
            country?: string;
        };
        PagePayment: {
            /**
             * @description the account's default type if it is left out. AUTHORIZATION is another word for AUTHORIZE
             * @enum {string}
             */
            type?: "SALE" | "INSTALLMENT" | "AUTHORIZE" | "AUTHORIZATION" | "MOTO" | "RECURRING";
            /** @description only with AUTHORIZE. DOKU captures right away */
            auto_capture?: boolean;
            /**
             * @description required with INSTALLMENT
             * @enum {string}
             */
            acquirer?: "BNI" | "BRI" | "BANK_CIMB" | "BANK_MANDIRI" | "BCA" | "BANK_PERMATA" | "DANAMON" | "BUKOPIN" | "HSBC" | "OCBC_NISP";
            /**
             * Format: int64
             * @description months; required with INSTALLMENT, and one of allow_tenor
             */
            tenor?: number;
        };
        /** @description changes DOKU's page for this payment */
        OverrideConfiguration: {
            themes?: components["schemas"]["Themes"];
            promo?: components["schemas"]["Promo"][];
            /** @description only cards with these BINs may pay. If it is left out, every card may pay */
            allow_bin?: components["schemas"]["Bin"][];
            /** @description only these tenors may be chosen, in months */
            allow_tenor?: number[];
        };
        /** @description the language and the colours of DOKU's page */
        Themes: {
            /**
             * @description DOKU's default is EN
             * @enum {string}
             */
            language?: "EN" | "ID";
            background_color?: components["schemas"]["Colour"];
            font_color?: components["schemas"]["Colour"];
            button_background_color?: components["schemas"]["Colour"];
            button_font_color?: components["schemas"]["Colour"];
        };
        /** @description lowers the amount for cards with a BIN */
        Promo: {
            bin: components["schemas"]["Bin"];
            /**
             * Format: int64
             * @description whole rupiah, below order.amount
             */
            discount_amount: number;
        };
        /** @description the notification and the settlement of this payment */
        AdditionalInfo: {
            /** @description an absolute URL whose host is in NOTIFICATION_HOSTS, with kasir's path of notifications */
            override_notification_url?: string;
            disclaimer?: components["schemas"]["Disclaimer"];
            /** @description DOKU's Split Settlement */
            settlement?: components["schemas"]["Settlement"][];
            /** @description DOKU's Hold and Release Settlement */
            hold_settlement?: boolean;
            account?: components["schemas"]["Account"];
            /** @description the merchant's own columns in DOKU's settlement report, each key once */
            report?: components["schemas"]["ReportColumn"][];
        };
        /** @description a text that the customer must agree to */
        Disclaimer: {
            /** @description in English, the default; required with id */
            en?: string;
            /** @description in Indonesian */
            id?: string;
        };
        /** @description one receiver's share */
        Settlement: {
            bank_account_settlement_id: string;
            /** @description PERCENTAGE: at most 100, with up to two decimals. FIX: whole rupiah, at most order.amount */
            value: number;
            /** @enum {string} */
            type: "PERCENTAGE" | "FIX";
        };
        /** @description the sub-account that receives the money */
        Account: {
            id: string;
        };
        ReportColumn: {
            key: string;
            value: string;
        };
        CaptureRequest: {
            payment?: components["schemas"]["CapturePayment"];
            note?: components["schemas"]["Reason"];
        };
        /** @description if it is left out, the whole authorised amount is captured */
        CapturePayment: {
            capture_amount: components["schemas"]["PositiveRupiah"];
        };
        RefundRequest: {
            refund: {
                amount: components["schemas"]["PositiveRupiah"];
            };
            /**
             * Format: int64
             * @description the refundable amount that the caller expects. The first request of a key is refused if the refundable amount differs
             */
            expected_refundable?: number;
            note?: components["schemas"]["Reason"];
        };
        CloseRequest: {
            note?: components["schemas"]["Note"];
        };
        ResolveRequest: components["schemas"]["ResolveOperation"] | components["schemas"]["ResolveConflict"] | components["schemas"]["ResolveAttention"];
        ResolveOperation: {
            /** @description capture, or a refund's id */
            operation: string;
            /** @enum {string} */
            outcome: "done" | "refused";
            note: components["schemas"]["RequiredNote"];
        };
        ResolveConflict: {
            /** @description an id of conflicts */
            conflict: string;
            /** @enum {string} */
            decision: "counts" | "none";
            note: components["schemas"]["RequiredNote"];
        };
        ResolveAttention: {
            /** @description a kind of attention */
            attention: string;
            /** @description the case's subject */
            subject?: string;
            note: components["schemas"]["RequiredNote"];
        };
        /** @description it has no fields */
        RefreshRequest: Record<string, never>;
        RecordRequest: components["schemas"]["RecordMovement"] | components["schemas"]["RecordWithdrawal"];
        RecordMovement: {
            /** @enum {string} */
            kind: "refund" | "void" | "capture" | "chargeback" | "chargeback_reversed";
            amount: components["schemas"]["PositiveRupiah"];
            /** @description of DOKU or the bank, such as a ticket. It is kept as it is. One that is a card or phone number, or holds an e-mail address or a key, is refused */
            reference?: string;
            note: components["schemas"]["RequiredNote"];
        };
        RecordWithdrawal: {
            /** @enum {string} */
            kind: "withdrawal";
            /** @description an id in elsewhere */
            movement: string;
            note: components["schemas"]["RequiredNote"];
        };
        /** @description at most 500 bytes, which stay in the order for good. Do not write personal data into it. Text that may be a card's number or a key is masked */
        Note: string;
        /** @description why, for people, as in note of …/close. The first request's note is kept; a repeat with another changes nothing. DOKU does not get it */
        Reason: string;
        /** @description at most 500 bytes, which stay in the order for good. Do not write personal data into it. Text that may be a card's number or a key is masked */
        RequiredNote: string;
        Page: {
            order: components["schemas"]["Order"];
            credit_card_payment_page: components["schemas"]["PageAddress"];
            status: components["schemas"]["Status"];
        };
        KnownPage: {
            order: components["schemas"]["Order"];
            credit_card_payment_page?: components["schemas"]["PageAddress"];
            status: components["schemas"]["Status"];
        };
        PageAddress: {
            /** @description DOKU's page, on which the customer pays. Everybody who has the address can open it */
            url: string;
        };
        Processing: {
            /** @enum {string} */
            status: "processing";
            last_answer?: components["schemas"]["LastAnswer"];
        };
        Order: {
            invoice_number: string;
            amount: components["schemas"]["Rupiah"];
        };
        /** @description NEEDS_REVIEW replaces CREATING, PENDING, FAILED and EXPIRED while DOKU reports money that does not match and nobody has decided about it. This is an open list: expect others in later releases. */
        Status: string;
        PaymentList: {
            payments: components["schemas"]["Payment"][];
            /** @description for the next page; absent at the end of the list */
            cursor?: string;
            /**
             * Format: date-time
             * @description payments that were created before this time may be missing, because kasir reindex has not added them to the lists yet; absent if none is missing
             */
            complete_since?: string;
            /** @description if no payment has the invoice number: numbers that differ from it by up to three characters */
            closest?: components["schemas"]["ClosestNumber"][];
            /** @description payments that could not be read, only with payments:read:all */
            unreadable?: components["schemas"]["UnreadablePayment"][];
        };
        ClosestNumber: {
            invoice_number: string;
        };
        UnreadablePayment: {
            invoice_number: string;
            /** @description newer: a newer version of kasir wrote it. damaged: somebody else did */
            reason: string;
        };
        Payment: {
            order: components["schemas"]["Order"];
            status: components["schemas"]["Status"];
            /** @description payment.type of the request for the page, AUTHORIZATION as AUTHORIZE. Absent: the request had none, and DOKU takes its default */
            type?: string;
            /**
             * Format: date-time
             * @description when the order was first asked for
             */
            created_at: string;
            page?: components["schemas"]["OpenPage"];
            authorization?: components["schemas"]["Authorization"];
            paid?: components["schemas"]["Paid"];
            captured?: components["schemas"]["Rupiah"];
            /**
             * Format: date-time
             * @description when the money was taken, of an authorisation or at once; present with captured
             */
            captured_at?: string;
            refunded?: components["schemas"]["Rupiah"];
            refundable?: components["schemas"]["Rupiah"];
            /** @description refunds and voids that kasir did not ask for, such as those in DOKU's Back Office. refundable is less by them */
            refunded_elsewhere?: components["schemas"]["Rupiah"];
            /** @description what the customer's bank took back, less what was reversed. refundable is less by it */
            charged_back?: components["schemas"]["Rupiah"];
            refunds?: components["schemas"]["Refund"][];
            installment?: components["schemas"]["Installment"];
            card?: components["schemas"]["Card"];
            failures?: components["schemas"]["Failure"][];
            /** @description the money came after the page had ended */
            late?: boolean;
            /** @description the order is EXPIRED, and DOKU did not answer for a day after the page's end whether it was paid */
            unconfirmed?: boolean;
            capture?: components["schemas"]["Capture"];
            conflict?: components["schemas"]["OpenConflict"];
            metadata?: components["schemas"]["Metadata"];
            /** @description every conflict, with those that are decided; only with payments:read:all */
            conflicts?: components["schemas"]["Conflict"][];
            /** @description reports of DOKU to look at, which do not hold the order; only with payments:read:all */
            remarks?: components["schemas"]["Remark"][];
            /** @description the open cases, for which the order waits for a person; only with payments:read:all */
            attention?: components["schemas"]["Case"][];
            /** @description the cases that a person has dealt with; only with payments:read:all */
            acknowledged?: components["schemas"]["Acknowledged"][];
            closed?: components["schemas"]["Closed"];
            review?: components["schemas"]["Review"];
            /** @description the reports of money that moved, of DOKU, settlement reports and people. Several may be about one movement, and one may be about a refund that kasir asked for; refunded_elsewhere and charged_back count each movement once. Only with payments:read:all */
            elsewhere?: components["schemas"]["Movement"][];
            /** @description the money that DOKU states to have gone back, beyond every known movement. It cannot be refunded. Only with payments:read:all */
            unaccounted?: components["schemas"]["Rupiah"];
            /** @description the payment's sales in settlement reports; only with payments:read:all */
            settlement?: components["schemas"]["SettledSale"][];
            /**
             * Format: date-time
             * @description when the customer's data was erased; only with payments:read:all
             */
            forgotten_at?: string;
            /** @description only with payments:read:all */
            history?: components["schemas"]["HistoryEntry"][];
        };
        /** @description only for callers that may read the payment, and only until the page ends */
        OpenPage: {
            url: string;
            /** Format: date-time */
            expires_at: string;
        };
        /** @description money that is reserved on the card until expires_at */
        Authorization: {
            amount: components["schemas"]["Rupiah"];
            /** Format: date-time */
            at: string;
            /** Format: date-time */
            expires_at: string;
        };
        /** @description a payment that was taken at once. After a promo its amount is less than the order's */
        Paid: {
            amount: components["schemas"]["Rupiah"];
            /** Format: date-time */
            at: string;
            approval_code?: string;
        };
        /** @description the plan that was asked for */
        Installment: {
            acquirer: string;
            /**
             * Format: int64
             * @description months
             */
            tenor: number;
        };
        Card: {
            masked: string;
            brand?: string;
            issuer?: string;
            type?: string;
        };
        /** @description an attempt that was declined, with DOKU's reason */
        Failure: {
            /** Format: date-time */
            at: string;
            code?: string;
            message?: string;
        };
        /** @description a capture whose outcome is not known; with payments:read:all also one that is SUCCESS or FAILED */
        Capture: {
            amount: components["schemas"]["Rupiah"];
            status: string;
            /** Format: date-time */
            at: string;
            /** @description DOKU's reason for a refusal */
            message?: string;
            last_answer?: components["schemas"]["LastAnswer"];
            /** @description the subject of the token that sent the first request, or policy for an automatic capture; only with payments:read:all */
            requested_by?: string;
            /** @description from that token, if it has one; only with payments:read:all */
            requested_by_username?: string;
            /** @description the reason that the first request gave; only with payments:read:all */
            note?: string;
            resolved?: components["schemas"]["Act"];
        };
        /**
         * @description as POST /payments got them; only with payments:read:all
         * @example {
         *       "cart_id": "CART-77",
         *       "channel": "web"
         *     }
         */
        Metadata: {
            [key: string]: string;
        };
        /** @description present while a conflict is open; reason names the difference between DOKU's report and the order */
        OpenConflict: {
            reason: string;
        };
        Remark: {
            kind: string;
            detail: string;
            /** Format: date-time */
            at: string;
        };
        Case: {
            kind: string;
            /** Format: date-time */
            since: string;
            /** @description distinguishes cases of one kind: the id of an operation or conflict, for example */
            subject?: string;
            detail: string;
            what_to_do: string;
            /** @description where to look in DOKU's Back Office */
            where: string;
        };
        /** @description a report that money moved */
        Movement: {
            /** @description names the movement in a record of the kind withdrawal */
            id: string;
            /** @description total: DOKU states that the money of the payment went back. rest: DOKU states that amount is left of it */
            kind: string;
            amount?: components["schemas"]["Rupiah"];
            source: string;
            /** @description it is about no refund that kasir asked for. Withdraw this one if it did not happen; another source may report the same movement */
            counts?: boolean;
            /** Format: date-time */
            at: string;
            /** @description that of a record */
            reference?: string;
            recorded?: components["schemas"]["Act"];
            withdrawn?: components["schemas"]["Act"];
        };
        SettledSale: {
            /** @description a digest of the report's batch id */
            batch: string;
            row: number;
            /** Format: int64 */
            amount: number;
            /** Format: int64 */
            fee: number;
            /** Format: int64 */
            discount?: number;
            /**
             * Format: int64
             * @description what DOKU pays to the merchant
             */
            net: number;
            /**
             * Format: date
             * @description the day in Jakarta
             */
            paid_out: string;
        };
        Acknowledged: {
            kind: string;
            subject?: string;
            /** Format: date-time */
            at: string;
            by: string;
            username?: string;
            note?: string;
        };
        /** @description a person closed the order; by, username and note only with payments:read:all */
        Closed: {
            /** Format: date-time */
            at: string;
            by?: string;
            username?: string;
            note?: string;
        };
        /** @description operations whose outcome a person must find out */
        Review: {
            operations: components["schemas"]["ParkedOperation"][];
        };
        ParkedOperation: {
            id: string;
            amount: components["schemas"]["Rupiah"];
            /** @description only with payments:read:all */
            request_id?: string;
            /** Format: date-time */
            since: string;
        };
        HistoryEntry: {
            /** Format: date-time */
            at: string;
            what: string;
            of?: string;
            detail?: string;
        };
        Refund: {
            id: string;
            amount: components["schemas"]["Rupiah"];
            /** @description DOKU's kind of refund */
            type?: string;
            /** @description PROCESSING: the outcome is not known, send the same request again. IN_REVIEW: a person finds out the outcome. MANUAL: people at DOKU carry the refund out within several days. */
            status: string;
            /**
             * Format: date-time
             * @description time of the first request
             */
            at: string;
            /** Format: date-time */
            done_at?: string;
            /** @description DOKU's reason for a refusal */
            message?: string;
            last_answer?: components["schemas"]["LastAnswer"];
            /** @description the subject of the token that sent the first request; only with payments:read:all */
            requested_by?: string;
            /** @description from that token, if it has one; only with payments:read:all */
            requested_by_username?: string;
            /** @description the reason that the first request gave; only with payments:read:all */
            note?: string;
            resolved?: components["schemas"]["Act"];
        };
        Conflict: {
            id: string;
            kind: string;
            detail: string;
            /**
             * Format: int64
             * @description the amount that DOKU reported, and that the decision counts would make count
             */
            amount?: number;
            /** Format: date-time */
            at?: string;
            /** @description absent: nobody has decided */
            decision?: string;
            decided?: components["schemas"]["Act"];
        };
        /** @description who acted, when and why; only with payments:read:all */
        Act: {
            /** Format: date-time */
            at: string;
            /** @description the subject of the token, or the name that an operator gave */
            by: string;
            username?: string;
            note?: string;
        };
        /** @description Only with payments:read:all. A refusal by DOKU that kasir did not believe, since an earlier attempt at the same request may have been carried out. kasir sends nothing again. Check status decides, or a person does. */
        LastAnswer: {
            code: string;
            message: string;
        };
        /** @description this refund and the payment */
        Refunded: components["schemas"]["Payment"] & {
            refund: components["schemas"]["Refund"];
        };
        SettlementList: {
            settlements: components["schemas"]["SettlementSummary"][];
            /** @description for the next page; absent at the end of the list */
            cursor?: string;
        };
        SettlementSummary: {
            /** @description of the settlement in kasir */
            id: string;
            /** @description Batch ID in DOKU's report */
            batch_id: string;
            /** @description of the report */
            sha256: string;
            /** @description applying: not every row was applied yet */
            state?: string;
            /** @description of the report */
            rows: number;
            applied_rows: number;
            /**
             * Format: date
             * @description the last pay-out date in the report
             */
            paid_out?: string;
            /**
             * Format: date-time
             * @description when the report was first read
             */
            started_at?: string;
            /**
             * Format: date-time
             * @description when its last row was applied
             */
            ended_at?: string;
            /** @description of the applied rows, by kind: sale, refund, void, chargeback, chargeback_reversed, unknown, and other for rows of other channels */
            sums: {
                [key: string]: components["schemas"]["SettlementSum"];
            };
            /** @description the number of differences, by kind */
            difference_counts: {
                [key: string]: number;
            };
        };
        SettlementSum: {
            count: number;
            /** Format: int64 */
            amount: number;
            /** Format: int64 */
            fee: number;
            /** Format: int64 */
            discount: number;
            /**
             * Format: int64
             * @description paid to the merchant; negative if money was taken back
             */
            net: number;
        };
        SettlementDetail: components["schemas"]["SettlementSummary"] & {
            differences: components["schemas"]["SettlementDifference"][];
            /** @description for the next differences; absent at their end */
            cursor?: string;
        };
        SettlementDifference: {
            kind: string;
            /** @description of the report, from 1 */
            line: number;
            /** @description the report's number of the row */
            row: number;
            /** @description as in the report, with what may be a card's number masked; empty if kasir cannot have such an invoice number */
            invoice_number: string;
            /**
             * Format: int64
             * @description whole rupiah in kasir; note explains it
             */
            ours: number;
            /**
             * Format: int64
             * @description whole rupiah in the report
             */
            theirs: number;
            note: string;
            /** @description what a person does */
            do: string;
        };
        UploadRequest: {
            /** @description of the report, for people. Without it, report.csv */
            name?: string;
        };
        Upload: {
            /** Format: uri */
            url: string;
            /** @description fields of the form, before the field file */
            fields: {
                [key: string]: string;
            };
            /** @description key of the report's object in the bucket */
            report: string;
            /** @description key of the result that is written beside it */
            result: string;
            /** Format: int64 */
            max_bytes: number;
            /** Format: date-time */
            expires_at: string;
        };
        SavedCards: {
            tokens: components["schemas"]["SavedCard"][];
        };
        SavedCard: {
            id: string;
            masked?: string;
            brand?: string;
            issuer?: string;
            expiry?: string;
        };
        Forgotten: {
            /** @enum {string} */
            status: "DELETE SUCCESS";
        };
        /** @description DOKU's report of a payment */
        Notification: {
            [key: string]: unknown;
        };
        Stored: {
            /** @enum {string} */
            status: "ok";
        };
        /** @description an answer of the gateway in front of kasir */
        GatewayMessage: {
            message: string;
        };
        /** @description an error as RFC 9457 defines it */
        Problem: {
            /** @description about:blank: the problem has no meaning beyond its status */
            type: string;
            title: string;
            status: number;
            detail?: string;
            /** @description every wrong field at once, at most 50; detail has the number of the others */
            errors?: components["schemas"]["FieldError"][];
            doku?: components["schemas"]["DOKUReason"];
        };
        FieldError: {
            /** @description JSON pointer of the field, such as /order/line_items/0/price */
            pointer: string;
            detail: string;
        };
        /** @description DOKU's refusal, in DOKU's words */
        DOKUReason: {
            code?: string;
            message?: string;
            /** @description to quote to DOKU's support */
            request_id: string;
        };
    };
    responses: {
        /** @description kasir could not learn whether DOKU carried the request out. Send the same request again after Retry-After seconds. It is not carried out twice. An earlier repeat is 409 with Retry-After. */
        Processing: {
            headers: {
                /**
                 * @description seconds to wait
                 * @example 90
                 */
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Processing"];
            };
        };
        /** @description The request cannot be read. The body is not a JSON object, or a header is wrong. */
        BadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is no valid token. www-authenticate has the reason. The gateway answers. kasir itself answers only if the token has no subject. */
        Unauthorized: {
            headers: {
                "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["GatewayMessage"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The token does not have the route's scope. */
        Forbidden: {
            headers: {
                "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["GatewayMessage"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is no such payment, or it is another caller's. From the gateway, the path is no route, such as an invoice number with a slash. */
        NoPayment: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["GatewayMessage"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is no such customer or card, or it is another caller's. From the gateway, the path is no route, such as an id with a slash. */
        NoCard: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["GatewayMessage"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description No report of such a settlement was read. From the gateway, the path is no route, as in a stage without Settlement. */
        NoSettlements: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["GatewayMessage"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The query cannot be decoded, or the cursor is not one of this list. */
        OtherCursor: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Parameters are wrong. Each pointer is a slash and the name of a parameter. */
        WrongPage: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is larger than 32 KB (a notification 64 KB), or than the gateway's 10 MB. */
        TooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["GatewayMessage"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Fields are wrong. */
        InvalidNote: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description An id is wrong, or DOKU refused the request (doku has its code). */
        InvalidId: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The gateway's limit of requests is reached. Send the request again later. */
        TooManyRequests: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["GatewayMessage"];
            };
        };
        /** @description The request has more than 100 headers, or the gateway cannot take so many bytes of headers. */
        HeadersTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["GatewayMessage"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A failure of kasir, which is logged. Send the same request again. It is not carried out twice. */
        InternalError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["GatewayMessage"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description DOKU refused the request for a reason that is not in the request. On one machine, the gateway answers so if a function crashed. */
        BadGateway: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["GatewayMessage"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description DOKU or the payment store gave no answer, or DOKU turned kasir away. Or captures and refunds are held, because the payment store is being recovered; nothing was sent. Send the same request again after Retry-After seconds. It is not carried out twice. */
        Unavailable: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["GatewayMessage"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The payment store gave no answer. Send the same request again after Retry-After seconds. It is not carried out twice. */
        StoreUnavailable: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["GatewayMessage"];
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @example INV-2026-0001 */
        Invoice: components["schemas"]["InvoiceNumber"];
        /**
         * @description the id, or ~ and its base64url without padding. The second form is for an id that a path cannot hold: an id with a slash or a question mark, an id that begins with ~, and the ids . and .. For example, a/b is ~YS9i.
         * @example CUST-1
         */
        Customer: string;
    };
    requestBodies: never;
    headers: {
        /**
         * @description seconds to wait before the same request is sent again
         * @example 5
         */
        RetryAfter: number;
        /**
         * @description the reason, and the scope that is needed, as RFC 6750 defines them
         * @example Bearer
         */
        WwwAuthenticate: string;
        /** @description true: the request was carried out before */
        IdempotentReplayed: "true";
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listpayments: {
        parameters: {
            query?: {
                /**
                 * @description the first day, in Jakarta. Without it, the 92 days up to the last day. With attention or customer_id there is then no first day
                 * @example 2026-11-01
                 */
                from?: string;
                /**
                 * @description the last day, in Jakarta. Without it, today. A range has at most 92 days
                 * @example 2026-11-30
                 */
                to?: string;
                /**
                 * @description one status, or several with commas
                 * @example PAID,PARTIALLY_REFUNDED
                 */
                status?: string;
                /**
                 * @description true: only payments that a person must look at. Or one kind, or several with commas (docs/alarms.md has the kinds). Needs payments:read:all
                 * @example true
                 */
                attention?: string;
                /**
                 * @description only payments of this customer
                 * @example CUST-1
                 */
                customer_id?: string;
                /**
                 * @description an invoice number, which is found on any day and comes first, or the beginning of one. If there is none, closest has similar ones among the examined payments
                 * @example INV-2026-0001
                 */
                invoice_number?: string;
                /**
                 * @description the last four digits of the card
                 * @example 0039
                 */
                last4?: string;
                /**
                 * @description true: only paid orders that are in a settlement report; false: only paid orders that DOKU has still to settle: they are in none, and not all their money went back
                 * @example false
                 */
                settled?: "true" | "false";
                /** @description the most payments of a page */
                limit?: number;
                /** @description that of the page before, with the same other parameters (limit may change). Any other cursor is 400 */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description a page of the list */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentList"];
                };
            };
            /** @description The query cannot be decoded, or the cursor is not one of this list. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            /** @description Parameters are wrong. Each pointer is a slash and the name of a parameter. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["StoreUnavailable"];
        };
    };
    createpage: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the order if order.invoice_number is left out, and is not read otherwise. 16 to 128 printable ASCII characters without commas and quotation marks, such as a UUID. */
                "Idempotency-Key"?: components["schemas"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PageRequest"];
            };
        };
        responses: {
            /** @description the same page. Without credit_card_payment_page if the order is paid and its page has ended */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KnownPage"];
                };
            };
            /** @description the page, or the next page after the first has ended */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page"];
                };
            };
            202: components["responses"]["Processing"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description The order is paid or closed, has a page for another body, or a person must look at it first. With Retry-After, the same request is still running: send it again after that time. */
            409: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["TooLarge"];
            /** @description Fields are wrong, or DOKU refused the request (doku has its code). Or the same request is being carried out with another body. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["BadGateway"];
            503: components["responses"]["Unavailable"];
        };
    };
    getpayment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example INV-2026-0001 */
                invoice_number: components["parameters"]["Invoice"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the payment */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NoPayment"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["StoreUnavailable"];
        };
    };
    refresh: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example INV-2026-0001 */
                invoice_number: components["parameters"]["Invoice"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RefreshRequest"];
            };
        };
        responses: {
            /** @description the payment, with what DOKU answered */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NoPayment"];
            413: components["responses"]["TooLarge"];
            /** @description The body has a field. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description DOKU was asked a moment ago, or the page was made a moment ago. From the gateway, the limit of requests is reached. */
            429: {
                headers: {
                    /**
                     * @description seconds to wait; not from the gateway
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["BadGateway"];
            503: components["responses"]["Unavailable"];
        };
    };
    capture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example INV-2026-0001 */
                invoice_number: components["parameters"]["Invoice"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CaptureRequest"];
            };
        };
        responses: {
            /** @description the payment */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
            202: components["responses"]["Processing"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NoPayment"];
            /** @description The order's state does not allow a capture. With Retry-After, the same capture is still running or its outcome is not known yet: send it again after that time. */
            409: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["TooLarge"];
            /** @description Fields are wrong, a capture with another amount was requested before, or DOKU refused the capture (doku has its code). */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["BadGateway"];
            503: components["responses"]["Unavailable"];
        };
    };
    refund: {
        parameters: {
            query?: never;
            header: {
                /** @description The key of this refund. 16 to 128 printable ASCII characters without commas and quotation marks, such as a UUID. Make it once for this refund, and keep it for its repeats. */
                "Idempotency-Key": components["schemas"]["IdempotencyKey"];
            };
            path: {
                /** @example INV-2026-0001 */
                invoice_number: components["parameters"]["Invoice"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefundRequest"];
            };
        };
        responses: {
            /** @description the same refund as before */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["IdempotentReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Refunded"];
                };
            };
            /** @description this refund and the payment */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Refunded"];
                };
            };
            202: components["responses"]["Processing"];
            /** @description The body is not a JSON object, or the header Idempotency-Key is missing or wrong. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NoPayment"];
            /** @description The order's state does not allow a refund. With Retry-After, the same refund is still running or its outcome is not known yet: send it again after that time. */
            409: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["TooLarge"];
            /** @description Fields are wrong, the key was used for another amount, or DOKU refused the refund (doku has its code). */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["BadGateway"];
            503: components["responses"]["Unavailable"];
        };
    };
    close: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example INV-2026-0001 */
                invoice_number: components["parameters"]["Invoice"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CloseRequest"];
            };
        };
        responses: {
            /** @description the payment */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NoPayment"];
            /** @description The order is authorised or paid. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["TooLarge"];
            422: components["responses"]["InvalidNote"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["StoreUnavailable"];
        };
    };
    resolve: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example INV-2026-0001 */
                invoice_number: components["parameters"]["Invoice"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResolveRequest"];
            };
        };
        responses: {
            /** @description the payment */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NoPayment"];
            /** @description The operation is neither IN_REVIEW nor MANUAL, or the conflict was decided otherwise. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["TooLarge"];
            /** @description Fields are wrong, or the order does not have this operation or conflict. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["StoreUnavailable"];
        };
    };
    record: {
        parameters: {
            query?: never;
            header: {
                /** @description made once for this record, and kept for its repeats */
                "Idempotency-Key": components["schemas"]["IdempotencyKey"];
            };
            path: {
                /** @example INV-2026-0001 */
                invoice_number: components["parameters"]["Invoice"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecordRequest"];
            };
        };
        responses: {
            /** @description the payment */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
            /** @description The request cannot be read. The body is not a JSON object, or the header Idempotency-Key is missing or wrong. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NoPayment"];
            /** @description The key was used for another record. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["TooLarge"];
            /** @description Fields are wrong, or the record does not fit the payment. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["StoreUnavailable"];
        };
    };
    listtokens: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description the id, or ~ and its base64url without padding. The second form is for an id that a path cannot hold: an id with a slash or a question mark, an id that begins with ~, and the ids . and .. For example, a/b is ~YS9i.
                 * @example CUST-1
                 */
                customer_id: components["parameters"]["Customer"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the cards */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedCards"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NoCard"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["InvalidId"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["BadGateway"];
            503: components["responses"]["Unavailable"];
        };
    };
    unbind: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description the id, or ~ and its base64url without padding. The second form is for an id that a path cannot hold: an id with a slash or a question mark, an id that begins with ~, and the ids . and .. For example, a/b is ~YS9i.
                 * @example CUST-1
                 */
                customer_id: components["parameters"]["Customer"];
                /**
                 * @description the id, or ~ and its base64url, as for customer_id
                 * @example a55b8d8df709607d2a343778898f41d0
                 */
                token_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description forgotten */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Forgotten"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NoCard"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["InvalidId"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["BadGateway"];
            503: components["responses"]["Unavailable"];
        };
    };
    listsettlements: {
        parameters: {
            query?: {
                /** @description the most settlements of a page */
                limit?: number;
                /** @description that of the page before. Any other cursor is 400 */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description a page of the list */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettlementList"];
                };
            };
            400: components["responses"]["OtherCursor"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NoSettlements"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["WrongPage"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["StoreUnavailable"];
        };
    };
    uploadsettlement: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UploadRequest"];
            };
        };
        responses: {
            /** @description a form, valid until expires_at */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upload"];
                };
            };
            /** @description The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NoSettlements"];
            413: components["responses"]["TooLarge"];
            /** @description The name is wrong. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["StoreUnavailable"];
        };
    };
    getsettlement: {
        parameters: {
            query?: {
                /** @description the most differences of a page */
                limit?: number;
                /** @description that of the page before. Any other cursor is 400 */
                cursor?: string;
            };
            header?: never;
            path: {
                /**
                 * @description the settlement's id in kasir
                 * @example 4a1f0c2b9d3e
                 */
                batch: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the settlement */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettlementDetail"];
                };
            };
            400: components["responses"]["OtherCursor"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NoSettlements"];
            413: components["responses"]["TooLarge"];
            422: components["responses"]["WrongPage"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["StoreUnavailable"];
        };
    };
    notify: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Notification"];
            };
        };
        responses: {
            /** @description stored */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stored"];
                };
            };
            /** @description The body or the headers do not have the form of a DOKU notification. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The signature is not DOKU's. The report is not stored. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["StoreUnavailable"];
        };
    };
}
