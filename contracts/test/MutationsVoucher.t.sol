// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Errors} from "../src/Errors.sol";
import {IBatchSettlement} from "../src/settlement/IBatchSettlement.sol";
import {LyingAccount} from "./LyingAccount.sol";
import {MutationsChannel} from "./MutationsChannel.sol";

/// @dev A voucher, and everything that is not quite that voucher.
contract MutationsVoucherTest is MutationsChannel {
    string internal constant TYPE = "Voucher(bytes32 channelId,uint128 maxClaimableAmount)";
    uint128 internal constant CEILING = 600;

    function test_at_least_64_mutations_of_a_voucher_are_refused_each_by_its_name() public {
        mutateChannel();
        mutateCeiling();
        mutateTypes();
        Forgery[] memory forgeries = forge(session, domain(), structHash());
        for (uint256 i; i < forgeries.length; ++i) {
            trySignature(forgeries[i].how, forgeries[i].signature);
        }
        lie();
        replay();
        assertGe(refusals, LEAST);
        claimWith(config, CEILING, CEILING, signature());
    }

    function structHash() internal view returns (bytes32) {
        return hashAs(TYPE, abi.encode(channelId, CEILING));
    }

    function signature() internal view returns (bytes memory) {
        return seal(session, digestOf(domain(), structHash()));
    }

    function claims(
        IBatchSettlement.ChannelConfig memory channel,
        uint128 ceiling,
        uint128 total,
        bytes memory by
    ) internal pure returns (IBatchSettlement.VoucherClaim[] memory batch) {
        batch = new IBatchSettlement.VoucherClaim[](1);
        batch[0] = IBatchSettlement.VoucherClaim(IBatchSettlement.Voucher(channel, ceiling), by, total);
    }

    function claimWith(
        IBatchSettlement.ChannelConfig memory channel,
        uint128 ceiling,
        uint128 total,
        bytes memory by
    ) internal {
        vm.prank(authorizer.addr);
        settlement.claim(claims(channel, ceiling, total, by));
    }

    function tryClaim(
        string memory how,
        IBatchSettlement.ChannelConfig memory channel,
        uint128 ceiling,
        bytes memory by,
        bytes memory error
    ) internal {
        bytes memory call = abi.encodeCall(settlement.claim, (claims(channel, ceiling, 500, by)));
        refuse(how, authorizer.addr, address(settlement), call, error);
    }

    function trySignature(string memory how, bytes memory by) internal {
        tryClaim(how, config, CEILING, by, badSignature(session.addr));
    }

    function mutateChannel() internal {
        IBatchSettlement.ChannelConfig[] memory all = twins();
        bytes memory by = signature();
        for (uint256 i; i < all.length; ++i) {
            tryClaim("channel", all[i], CEILING, by, badSignature(all[i].payerAuthorizer));
        }
        IBatchSettlement.ChannelConfig memory keyless = config;
        keyless.payerAuthorizer = address(0);
        fill(keyless);
        tryClaim("channel without a key", keyless, CEILING, by, badSignature(payer.addr));
        IBatchSettlement.ChannelConfig memory foreign = config;
        foreign.receiverAuthorizer = anyone;
        bytes memory wrong =
            abi.encodeWithSelector(Errors.BatchSettlement_WrongAuthorizer.selector, authorizer.addr, anyone);
        tryClaim("channel of another receiver", foreign, CEILING, by, wrong);
    }

    function mutateCeiling() internal {
        uint256[] memory values = others(CEILING, type(uint128).max);
        for (uint256 i; i < values.length; ++i) {
            bytes memory error = values[i] >= 500
                ? badSignature(session.addr)
                : abi.encodeWithSelector(Errors.BatchSettlement_AboveVoucher.selector, 500, values[i]);
            tryClaim("ceiling", config, uint128(values[i]), signature(), error);
            bytes32 other = hashAs(TYPE, abi.encode(channelId, values[i]));
            trySignature("ceiling signed", seal(session, digestOf(domain(), other)));
        }
        values = others(uint256(channelId), type(uint256).max);
        for (uint256 i; i < values.length; ++i) {
            bytes32 other = hashAs(TYPE, abi.encode(values[i], CEILING));
            trySignature("channel signed", seal(session, digestOf(domain(), other)));
        }
    }

    function mutateTypes() internal {
        string[5] memory types = [
            "Voucher(uint128 maxClaimableAmount,bytes32 channelId)",
            "Voucher(bytes32 channelId,uint256 maxClaimableAmount)",
            "Voucher(bytes32 channelId,uint128 totalClaimed)",
            "Refund(bytes32 channelId,uint256 nonce,uint128 amount)",
            "ClaimEntry(bytes32 channelId,uint128 maxClaimableAmount,uint128 totalClaimed)"
        ];
        bytes memory words = abi.encode(channelId, CEILING);
        for (uint256 i; i < types.length; ++i) {
            trySignature("type", seal(session, digestOf(domain(), hashAs(types[i], words))));
        }
        trySignature("order", seal(session, digestOf(domain(), hashAs(TYPE, withSwapped(words, 0)))));
        trySignature("a refund's", seal(session, settlement.getRefundDigest(channelId, 0, CEILING)));
        trySignature("the channel's own", seal(session, channelId));
        trySignature("the payer's", seal(payer, digestOf(domain(), structHash())));
        trySignature("the receiver's", seal(authorizer, digestOf(domain(), structHash())));
    }

    function lie() internal {
        LyingAccount liar = new LyingAccount();
        IBatchSettlement.ChannelConfig memory channel = config;
        channel.payerAuthorizer = address(liar);
        fill(channel);
        bytes memory call = abi.encodeCall(settlement.claim, (claims(channel, CEILING, 500, signature())));
        for (uint256 i; i < liar.LIES(); ++i) {
            liar.setLie(i);
            vm.prank(authorizer.addr);
            (bool ok, bytes memory result) = address(settlement).call{gas: 3_000_000}(call);
            assertFalse(ok, "a lie");
            assertEq(result, badSignature(address(liar)), "a lie");
            ++refusals;
        }
    }

    /// @dev A voucher claimed adds nothing, and another chain's or contract's is no voucher.
    function replay() internal onSnapshot {
        uint256 chainId = block.chainid;
        bytes memory by = signature();
        vm.chainId(chainId + 1);
        // On another chain the channel has another name, and none of that name holds anything.
        bytes memory empty = abi.encodeWithSelector(Errors.BatchSettlement_AboveBalance.selector, 500, 0);
        tryClaim("chain", config, CEILING, by, empty);
        fill(config);
        trySignature("chain, funded", by);
        vm.chainId(chainId);
        claimWith(config, CEILING, 500, by);
        claimWith(config, CEILING, 500, by);
        (, uint128 claimed) = settlement.channels(channelId);
        assertEq(claimed, 500, "a replay adds nothing");
    }
}
