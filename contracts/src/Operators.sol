// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Errors} from "./Errors.sol";
import {IOperators} from "./interfaces/IOperators.sol";
import {Bonds} from "./operators/Bonds.sol";
import {Slashing} from "./operators/Slashing.sol";
import {Operator, Prices} from "./Types.sol";

/// @title Operators
/// @notice See {IOperators}.
contract Operators is Slashing, IOperators {
    struct Card {
        string endpoint;
        bytes32 sessionKey;
        address paymentKey;
        uint64 registeredAtSeconds;
        Prices prices;
    }

    /// @inheritdoc IOperators
    uint256 public constant MAX_ENDPOINT_BYTES = 256;

    mapping(address operator => Card) private _cards;

    /// @inheritdoc IOperators
    mapping(bytes32 sessionKey => address operator) public sessionKeyOwner;

    /// @inheritdoc IOperators
    mapping(address paymentKey => address operator) public operatorOfPaymentKey;

    constructor(address money_, uint256 minimumBondAtomic_, address owner_, address slashedTo_)
        Bonds(money_, minimumBondAtomic_)
        Slashing(owner_, slashedTo_)
    {}

    // ------------------------------------------------------------------ card

    /// @inheritdoc IOperators
    function register(
        string calldata endpoint,
        bytes32 sessionKey,
        address paymentKey,
        Prices calldata prices,
        uint256 bondAtomic
    ) external {
        Card storage card = _cards[msg.sender];
        if (card.sessionKey != 0) revert Errors.Operators_AlreadyRegistered(msg.sender);
        card.registeredAtSeconds = uint64(block.timestamp);
        _takeSessionKey(card, sessionKey);
        _setCard(card, endpoint, paymentKey, prices);
        emit OperatorRegistered(msg.sender, endpoint, sessionKey, paymentKey, prices);
        if (bondAtomic != 0) _addBond(bondAtomic);
    }

    /// @inheritdoc IOperators
    function update(string calldata endpoint, address paymentKey, Prices calldata prices) external {
        _requireRegistered(msg.sender);
        Card storage card = _cards[msg.sender];
        _setCard(card, endpoint, paymentKey, prices);
        emit OperatorUpdated(msg.sender, endpoint, card.sessionKey, paymentKey, prices);
    }

    /// @inheritdoc IOperators
    function rotateSessionKey(bytes32 newKey) external {
        _requireRegistered(msg.sender);
        _takeSessionKey(_cards[msg.sender], newKey);
        emit SessionKeyRotated(msg.sender, newKey);
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IOperators
    function operatorOf(bytes32 sessionKey) public view returns (address account) {
        account = sessionKeyOwner[sessionKey];
        if (account != address(0) && _cards[account].sessionKey != sessionKey) account = address(0);
    }

    /// @inheritdoc IOperators
    function activeOperatorOf(bytes32 sessionKey) external view returns (address account) {
        account = operatorOf(sessionKey);
        if (!isActive(account)) account = address(0);
    }

    /// @inheritdoc IOperators
    function operator(address account) external view returns (Operator memory) {
        Card storage card = _cards[account];
        Bond storage bond = _bonds[account];
        (, uint64 lastActiveAtSeconds) = activity(account);
        return Operator({
            endpoint: card.endpoint,
            sessionKey: card.sessionKey,
            paymentKey: card.paymentKey,
            prices: card.prices,
            bondAtomic: bond.bondAtomic,
            registeredAtSeconds: card.registeredAtSeconds,
            unbondingSinceSeconds: bond.unbondingSinceSeconds,
            freeAtSeconds: bond.unbondingSinceSeconds == 0 ? 0 : _freeAt(bond),
            lastActiveAtSeconds: lastActiveAtSeconds
        });
    }

    /// @inheritdoc IOperators
    function isActive(address account) public view returns (bool) {
        // Only who is registered can have a bond, and the minimum is never zero.
        return _isBonded(_bonds[account]);
    }

    /// @inheritdoc IOperators
    function activity(address account) public view returns (bool active, uint64 lastActiveAtSeconds) {
        active = isActive(account);
        lastActiveAtSeconds = active ? uint64(block.timestamp) : _bonds[account].stoppedAtSeconds;
    }

    // ------------------------------------------------------------------ internal

    function _requireRegistered(address account) internal view override {
        if (_cards[account].sessionKey == 0) revert Errors.Operators_NotRegistered(account);
    }

    function _setCard(Card storage card, string calldata endpoint, address paymentKey, Prices calldata prices)
        private
    {
        uint256 length = bytes(endpoint).length;
        if (length == 0 || length > MAX_ENDPOINT_BYTES) {
            revert Errors.Operators_EndpointLength(length, MAX_ENDPOINT_BYTES);
        }
        card.endpoint = endpoint;
        card.prices = prices;
        if (paymentKey == address(0)) revert Errors.Operators_ZeroPaymentKey();
        if (paymentKey != card.paymentKey) _takePaymentKey(card, paymentKey);
    }

    function _takeSessionKey(Card storage card, bytes32 sessionKey) private {
        if (sessionKey == 0) revert Errors.Operators_ZeroSessionKey();
        address taker = sessionKeyOwner[sessionKey];
        if (taker != address(0)) revert Errors.Operators_SessionKeyTaken(sessionKey, taker);
        sessionKeyOwner[sessionKey] = msg.sender;
        card.sessionKey = sessionKey;
    }

    function _takePaymentKey(Card storage card, address paymentKey) private {
        if (paymentKey == msg.sender) revert Errors.Operators_PaymentKeyIsOwner(msg.sender);
        address taker = operatorOfPaymentKey[paymentKey];
        if (taker != address(0)) revert Errors.Operators_PaymentKeyTaken(paymentKey, taker);
        delete operatorOfPaymentKey[card.paymentKey];
        operatorOfPaymentKey[paymentKey] = msg.sender;
        card.paymentKey = paymentKey;
    }
}
