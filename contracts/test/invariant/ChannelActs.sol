// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IBatchSettlement} from "../../src/settlement/IBatchSettlement.sol";
import {Authorization} from "../../src/Types.sol";
import {CreditActs} from "./CreditActs.sol";

/// @dev Payers fill channels to splitters; receivers' authorizers claim, settle and refund; payers take back what is free.
abstract contract ChannelActs is CreditActs {
    struct ChannelModel {
        uint256 balance;
        uint256 claimed;
        uint256 pending;
        uint256 initiatedAt;
        uint256 refunds;
    }

    uint256 internal constant CHANNELS = 4;

    IBatchSettlement.ChannelConfig[] internal configs;
    bytes32[] internal channelIds;
    mapping(uint256 channel => ChannelModel) internal channels;
    /// @dev Claimed and not yet settled, by receiver.
    mapping(address receiver => uint256) internal unsettled;
    uint256[] private _signers;
    uint256[] private _authorizers;
    /// @dev The splitter that channels pay belongs to this pair.
    uint256 internal paidWorkId;

    /// @dev Two authorizers; half of the channels have a session key; one receiver for all but the last.
    function _openChannels() internal {
        paidWorkId = workIds[0];
        for (uint256 i; i < CHANNELS; ++i) {
            (address session, uint256 sessionKey) = makeAddrAndKey(string(abi.encodePacked("session", i)));
            (address authorizer, uint256 authorizerKey) =
                makeAddrAndKey(string(abi.encodePacked("authorizer", i % 2)));
            configs.push(
                IBatchSettlement.ChannelConfig({
                    payer: people[i + 1],
                    payerAuthorizer: i % 2 == 0 ? session : address(0),
                    receiver: works.splitterOf(paidWorkId, nodes[i / 3]),
                    receiverAuthorizer: authorizer,
                    token: address(money),
                    withdrawDelay: i < 2 ? 900 : 3 days,
                    salt: bytes32(i)
                })
            );
            channelIds.push(settlement.getChannelId(configs[i]));
            _signers.push(i % 2 == 0 ? sessionKey : keys[i + 1]);
            _authorizers.push(authorizerKey);
        }
    }

    // ------------------------------------------------------------------ acts

    function deposit(uint256 pick, uint256 amount) external act {
        uint256 i = pick % CHANNELS;
        uint128 amountAtomic = uint128(amount % 5e6);
        address payer = configs[i].payer;
        money.mint(payer, amountAtomic);
        uint256 salt = ++nextSalt;
        bytes32 nonce = keccak256(abi.encode(channelIds[i], salt));
        Authorization memory paid = _authorize(payer, collector, amountAtomic, nonce);
        bytes memory proof = abi.encode(paid.validAfter, paid.validBefore, salt, paid.signature);
        bytes memory data =
            abi.encodeCall(IBatchSettlement.deposit, (configs[i], amountAtomic, collector, proof));
        _attempt(relayer, address(settlement), data, amountAtomic != 0);
        channels[i].balance += amountAtomic;
        if (amountAtomic == 0) return;
        // The signature funds this channel, once.
        _attempt(relayer, address(settlement), data, false);
        data = abi.encodeCall(
            IBatchSettlement.deposit, (configs[(i + 1) % CHANNELS], amountAtomic, collector, proof)
        );
        _attempt(relayer, address(settlement), data, false);
    }

    function claim(uint256 pick, uint256 total, uint256 slack, uint256 fault) external act {
        uint256 i = pick % CHANNELS;
        IBatchSettlement.VoucherClaim[] memory batch = new IBatchSettlement.VoucherClaim[](1);
        batch[0] = _voucher(i, total, slack, fault % 8 == 0);
        bool isForeign = fault % 8 == 1;
        address caller = configs[isForeign ? (i + 1) % CHANNELS : i].receiverAuthorizer;
        bool legal = !isForeign && _isClaimable(i, batch[0], fault % 8 == 0);
        _attempt(caller, address(settlement), abi.encodeCall(IBatchSettlement.claim, (batch)), legal);
        if (legal) _bookClaim(i, batch[0].totalClaimed);
    }

    /// @dev Two channels of one authorizer in one batch, sent by anyone.
    function claimWithSignature(uint256 pick, uint256 total, uint256 slack, uint256 fault) external act {
        uint256 i = pick % 2;
        IBatchSettlement.VoucherClaim[] memory batch = new IBatchSettlement.VoucherClaim[](2);
        batch[0] = _voucher(i, total, slack, false);
        batch[1] = _voucher(i + 2, total >> 128, slack >> 128, fault % 8 == 0);
        bytes32 digest = settlement.getClaimBatchDigest(batch);
        bytes memory signature = _sign(_authorizers[fault % 8 == 1 ? i + 1 : i], digest);
        bool legal = fault % 8 != 1 && _isClaimable(i, batch[0], false)
            && _isClaimable(i + 2, batch[1], fault % 8 == 0);
        bytes memory data = abi.encodeCall(IBatchSettlement.claimWithSignature, (batch, signature));
        _attempt(relayer, address(settlement), data, legal);
        if (!legal) return;
        _bookClaim(i, batch[0].totalClaimed);
        _bookClaim(i + 2, batch[1].totalClaimed);
    }

    function settle(uint256 pick) external act {
        address receiver = configs[pick % CHANNELS].receiver;
        uint256 amountAtomic = unsettled[receiver];
        bytes memory data = abi.encodeCall(IBatchSettlement.settle, (receiver, address(money)));
        _attempt(relayer, address(settlement), data, amountAtomic != 0);
        splitterAtomic[paidWorkId][nodes[pick % CHANNELS / 3]] += amountAtomic;
        unsettled[receiver] = 0;
    }

    function initiateWithdraw(uint256 pick, uint256 amount, uint256 who) external act {
        uint256 i = pick % CHANNELS;
        address caller = who % 4 == 0 ? relayer : configs[i].payer;
        uint256 free = channels[i].balance - channels[i].claimed;
        uint128 amountAtomic = uint128(_upTo(free, amount));
        bool legal = caller != relayer && amountAtomic != 0 && amountAtomic <= free;
        bytes memory data = abi.encodeCall(IBatchSettlement.initiateWithdraw, (configs[i], amountAtomic));
        _attempt(caller, address(settlement), data, legal);
        if (legal) (channels[i].pending, channels[i].initiatedAt) = (amountAtomic, nowSeconds);
    }

    function finalizeWithdraw(uint256 pick) external act {
        uint256 i = pick % CHANNELS;
        ChannelModel storage model = channels[i];
        bool legal = model.initiatedAt != 0 && nowSeconds >= model.initiatedAt + configs[i].withdrawDelay
            && !_isRefused(configs[i].payer);
        bytes memory data = abi.encodeCall(IBatchSettlement.finalizeWithdraw, (configs[i]));
        _payBack(i, _min(model.pending, model.balance - model.claimed), relayer, data, legal);
        if (legal) (model.pending, model.initiatedAt) = (0, 0);
    }

    function refund(uint256 pick, uint256 amount, uint256 who) external act {
        uint256 i = pick % CHANNELS;
        address caller = who % 4 == 0 ? configs[i].payer : configs[i].receiverAuthorizer;
        uint128 amountAtomic = uint128(amount % 3e6);
        bytes memory data = abi.encodeCall(IBatchSettlement.refund, (configs[i], amountAtomic));
        _refund(i, amountAtomic, caller, data, caller == configs[i].receiverAuthorizer);
    }

    function refundWithSignature(uint256 pick, uint256 amount, uint256 fault) external act {
        uint256 i = pick % CHANNELS;
        uint128 amountAtomic = uint128(amount % 3e6);
        uint256 nonce = channels[i].refunds;
        if (fault % 8 == 0) nonce += 1;
        if (fault % 8 == 1 && nonce != 0) nonce -= 1;
        bytes32 digest = settlement.getRefundDigest(channelIds[i], nonce, amountAtomic);
        bytes memory signature = _sign(_authorizers[i], digest);
        bytes memory data = abi.encodeCall(
            IBatchSettlement.refundWithSignature, (configs[i], amountAtomic, nonce, signature)
        );
        _refund(i, amountAtomic, relayer, data, nonce == channels[i].refunds);
    }

    /// @dev Claim and refund in one transaction, or neither.
    function claimAndRefund(uint256 pick, uint256 total, uint256 amount) external act {
        uint256 i = pick % CHANNELS;
        IBatchSettlement.VoucherClaim[] memory batch = new IBatchSettlement.VoucherClaim[](1);
        batch[0] = _voucher(i, total, 1, false);
        bool isClaimable = _isClaimable(i, batch[0], false);
        uint256 claimedAfter = _max(channels[i].claimed, batch[0].totalClaimed);
        uint256 amountAtomic =
            isClaimable ? _min(amount % 3e6, channels[i].balance - claimedAfter) : amount % 3e6;
        bytes[] memory both = new bytes[](2);
        both[0] = abi.encodeCall(IBatchSettlement.claim, (batch));
        both[1] = abi.encodeCall(IBatchSettlement.refund, (configs[i], uint128(amount % 3e6)));
        bytes memory data = abi.encodeCall(IBatchSettlement.multicall, (both));
        bool legal = isClaimable && amountAtomic != 0 && !_isRefused(configs[i].payer);
        _payBack(i, amountAtomic, configs[i].receiverAuthorizer, data, legal);
        if (!legal) return;
        _bookClaim(i, batch[0].totalClaimed);
        channels[i].refunds += 1;
    }

    // ------------------------------------------------------------------ model

    function _refund(uint256 i, uint256 amountAtomic, address caller, bytes memory data, bool isAllowed)
        private
    {
        amountAtomic = _min(amountAtomic, channels[i].balance - channels[i].claimed);
        bool legal = isAllowed && amountAtomic != 0 && !_isRefused(configs[i].payer);
        _payBack(i, amountAtomic, caller, data, legal);
        if (legal) channels[i].refunds += 1;
    }

    function _payBack(uint256 i, uint256 amountAtomic, address caller, bytes memory data, bool legal)
        private
    {
        uint256 before = money.balanceOf(configs[i].payer);
        _attempt(caller, address(settlement), data, legal);
        if (!legal) return;
        channels[i].balance -= amountAtomic;
        assertEq(
            money.balanceOf(configs[i].payer),
            before + amountAtomic,
            "40: what was free did not go to the payer"
        );
    }

    function _voucher(uint256 i, uint256 total, uint256 slack, bool isForged)
        private
        view
        returns (IBatchSettlement.VoucherClaim memory voucher)
    {
        uint128 totalClaimed = uint128(_upTo(channels[i].balance, total));
        uint128 ceiling =
            slack % 8 == 0 && totalClaimed != 0 ? totalClaimed - 1 : totalClaimed + uint64(slack);
        bytes32 digest = settlement.getVoucherDigest(channelIds[i], isForged ? ceiling + 1 : ceiling);
        voucher.voucher = IBatchSettlement.Voucher(configs[i], ceiling);
        (voucher.signature, voucher.totalClaimed) = (_sign(_signers[i], digest), totalClaimed);
    }

    /// @dev What is claimed already is passed over, whatever its voucher.
    function _isClaimable(uint256 i, IBatchSettlement.VoucherClaim memory voucher, bool isForged)
        private
        view
        returns (bool)
    {
        if (voucher.totalClaimed <= channels[i].claimed) return true;
        return !isForged && voucher.totalClaimed <= voucher.voucher.maxClaimableAmount
            && voucher.totalClaimed <= channels[i].balance;
    }

    function _bookClaim(uint256 i, uint256 total) private {
        if (total <= channels[i].claimed) return;
        unsettled[configs[i].receiver] += total - channels[i].claimed;
        channels[i].claimed = total;
    }
}
